import { type DayUse, readUsesByDay } from '@forbruk/infra/ledger/usage/usage.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import {
  type BillingPeriod,
  parseBillingPeriod,
  periodDates,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'
import { OF_PAYERS, ofPayers, type PayerRange } from '../revision/of-close.ts'
import type { StatedRevision } from './find-revision.ts'

/** The use of the payers' clients by client and local day, as it is counted now; days without any are not in it. */
export async function readUsageDays(
  store: Store,
  stated: StatedRevision,
  payers: PayerRange,
  timeZone: string,
): Promise<Map<string, DayUse[]>> {
  const range = periodRange(parseBillingPeriod(stated.month), timeZone)
  const clients = {
    sql: `SELECT client_id FROM statement WHERE ${OF_PAYERS}`,
    params: ofPayers(stated, payers),
  }
  const uses = await readUsesByDay(store, stated.proof.stream, range, timeZone, clients)
  return Map.groupBy(uses, use => use.clientId)
}

type Day = Omit<DayUse, 'clientId'>

/** Pure: one entry for each day of the month, the clients' uses added up. */
export function sumDays(period: BillingPeriod, uses: readonly Day[]): Day[] {
  const byDay = Map.groupBy(uses, use => use.day)
  return daysOf(period).map(day => ({
    day,
    requests: (byDay.get(day) ?? []).reduce((sum, use) => sum + use.requests, 0n),
    bytes: (byDay.get(day) ?? []).reduce((sum, use) => sum + use.bytes, 0n),
  }))
}

function daysOf(period: BillingPeriod): string[] {
  const { first, afterLast } = periodDates(period)
  const dayMs = 86_400_000
  const count = (Date.parse(afterLast) - Date.parse(first)) / dayMs
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.parse(first) + index * dayMs).toISOString().slice(0, 10),
  )
}
