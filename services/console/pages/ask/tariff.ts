import type { Language } from '@forbruk/schemas/statement/language.ts'
import { api, bodyOf, type Done, queryOf, type Read } from './ask.ts'

export type TariffVersion = Read<'/v1/tariff'>['version']
export type Rated = Done<'/v1/months/{month}/what-if'>

export function tariffQuery(month: string, language: Language) {
  return queryOf(['tariff', month, language], () =>
    api.GET('/v1/tariff', { params: { query: { month, language } } }),
  )
}

/** Records nothing. */
export function rateDraft(month: string, version: TariffVersion): Promise<Rated> {
  return bodyOf(api.POST('/v1/months/{month}/what-if', { params: { path: { month } }, body: { version } }))
}
