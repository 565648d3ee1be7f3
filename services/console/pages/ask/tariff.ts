import { api, bodyOf, type Done, queryOf, type Read } from './ask.ts'

export type TariffVersion = Read<'/v1/tariff'>['version']
export type Rated = Done<'/v1/months/{month}/what-if'>

export function tariffQuery(month: string) {
  return queryOf(['tariff', month], () => api.GET('/v1/tariff', { params: { query: { month } } }))
}

/** Records nothing. */
export function rateDraft(month: string, version: TariffVersion): Promise<Rated> {
  return bodyOf(api.POST('/v1/months/{month}/what-if', { params: { path: { month } }, body: { version } }))
}
