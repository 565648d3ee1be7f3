import { type BillingPeriod, type PeriodRange, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Parts } from './open-parts.ts'
import { readTariffFile } from './read-tariff-file.ts'

/** In the tariff's time zone. Throws TariffError. */
export async function rangeOfMonth(
  { config }: Pick<Parts, 'config'>,
  month: BillingPeriod,
): Promise<PeriodRange> {
  return periodRange(month, (await readTariffFile(config.tariffPath)).timeZone)
}
