import type { Tariff, TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'

/** Pure: what of a tariff a month is rated by. Its hash says whether two tariffs are the same to the month. */
export function ratingTerms({ currency, timeZone }: Tariff, version: TariffVersion) {
  return { currency, timeZone, ...version }
}
