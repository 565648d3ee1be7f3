import { pathOf, queryOf } from './ask.ts'

export type RegistryVersion = {
  readonly sequence: number
  readonly importId: string
  readonly importedAt: string
  readonly holds: { readonly from: string | null; readonly until: string | null } | null
  readonly clients: number
  readonly partners: number
  readonly integrations: number
  readonly activations: number
}

export type RegistryAnswer = {
  readonly month: string
  readonly holding: RegistryVersion | null
  readonly imports: readonly RegistryVersion[]
}

export type Imported = {
  readonly outcome: 'imported' | 'unchanged'
  readonly sequence: number
  readonly validFrom: string | null
  readonly monthsBehind: readonly string[]
  readonly clients: number
}

export type Fault = {
  readonly file: string
  readonly line: number | null
  readonly column: string | null
  readonly detail: string
}

export function registryQuery(month: string) {
  return queryOf<RegistryAnswer>(pathOf('/v1/registry', { month }))
}
