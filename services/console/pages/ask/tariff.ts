import { pathOf, queryOf } from './ask.ts'

export type TariffAnswer = {
  readonly month: string
  readonly currency: string
  readonly version: {
    readonly validFrom: string
    readonly consumption: {
      readonly allowance: { readonly requests: number; readonly gigabytes: string }
      readonly pricePerRequest: string
      readonly pricePerMegabyte: string
      readonly meteredKinds: readonly string[]
    }
    readonly definitions: {
      readonly bytesCounted: string
      readonly statusClassesNotCounted: readonly string[]
      readonly unnamedIntegration: string
    }
  }
  readonly sentences: readonly string[]
  readonly versions: readonly string[]
}

export function tariffQuery(month: string) {
  return queryOf<TariffAnswer>(pathOf('/v1/tariff', { month }))
}
