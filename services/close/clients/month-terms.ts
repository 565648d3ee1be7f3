import type { Store } from '@forbruk/infra/store/store.ts'
import {
  type BillingPeriod,
  listDays,
  type PeriodRange,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'
import {
  allowanceBytes,
  findTariffVersion,
  type Tariff,
  type TariffVersion,
} from '@forbruk/schemas/tariff/read-tariff.ts'
import type { Amounts } from '@forbruk/schemas/usage/client-question.ts'
import { type RegistryVersion, readVersionFor } from '../registry/registry-versions.ts'

/** What a month's usage is looked at by: what holds for it now. */
export type MonthTerms = {
  readonly period: BillingPeriod
  readonly range: PeriodRange
  readonly timeZone: string
  /** Its local dates. */
  readonly days: readonly string[]
  /** Null: none holds yet. */
  readonly registry: RegistryVersion | null
  readonly tariff: TariffVersion | null
  /** Null without a tariff. */
  readonly allowance: Amounts | null
}

/** Throws BillingPeriodError for a time zone whose days begin inside an hour. */
export async function readMonthTerms(
  store: Store,
  tariff: Tariff,
  period: BillingPeriod,
): Promise<MonthTerms> {
  const { timeZone } = tariff
  const version = findTariffVersion(tariff, period.month)
  return {
    period,
    range: periodRange(period, timeZone),
    timeZone,
    days: listDays(period),
    registry: await readVersionFor(store, period.month),
    tariff: version,
    allowance: version && {
      requests: BigInt(version.consumption.allowance.requests),
      bytes: allowanceBytes(version),
    },
  }
}
