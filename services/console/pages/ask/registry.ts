import { api, bodyOf, type Done, queryOf, type Read } from './ask.ts'

export type RegistryAnswer = Read<'/v1/registry'>
export type RegistryVersion = RegistryAnswer['imports'][number]
export type Imported = Done<'/v1/registry'>

export type Fault = {
  readonly file: string
  readonly line: number | null
  readonly column: string | null
  readonly detail: string
}

export function registryQuery(month: string) {
  return queryOf(['registry', month], () => api.GET('/v1/registry', { params: { query: { month } } }))
}

type Upload = {
  readonly clients: string
  readonly partners: string
  readonly integrations: string
  readonly activations: string
  readonly validFrom?: string
}

export function importRegistry(body: Upload): Promise<Imported> {
  return bodyOf(api.POST('/v1/registry', { body }))
}
