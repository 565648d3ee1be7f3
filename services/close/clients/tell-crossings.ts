import { dateAt } from '@forbruk/schemas/period/billing-period.ts'
import type { ClientMonth, Crossing } from '@forbruk/schemas/usage/client-question.ts'
import { forecastCrossing } from '@forbruk/schemas/usage/forecast.ts'
import type { MonthTerms } from './month-terms.ts'
import type { ClientDay } from './read-client-days.ts'

type Metered = {
  readonly meteredRequests: bigint
  readonly meteredBytes: bigint
  readonly recentRequests: bigint
  readonly recentBytes: bigint
}

/** Pure: on which day a client used more than what is included, or is forecast to. */
export function tellCrossings(
  { allowance, registry, range, timeZone }: MonthTerms,
  nowMs: number,
  used: Metered,
  days: readonly ClientDay[],
): ClientMonth['crossings'] {
  if (allowance === null || registry === null) return { requests: null, bytes: null }
  const pace = { periodStartMs: range.startMs, periodEndMs: range.endMs, nowMs }
  const tell = (included: bigint, total: bigint, recent: bigint, usedOn: (day: ClientDay) => bigint) => {
    if (total > included) return findCrossed(included, days, usedOn)
    const crossingMs = forecastCrossing({ ...pace, used: total, usedRecently: recent }, included)
    // At the very end of the month there is still its last day.
    return crossingMs === null
      ? null
      : { day: dateAt(Math.min(crossingMs, range.endMs - 1), timeZone), isForecast: true }
  }
  return {
    requests: tell(allowance.requests, used.meteredRequests, used.recentRequests, day => day.meteredRequests),
    bytes: tell(allowance.bytes, used.meteredBytes, used.recentBytes, day => day.meteredBytes),
  }
}

function findCrossed(
  included: bigint,
  days: readonly ClientDay[],
  usedOn: (day: ClientDay) => bigint,
): Crossing | null {
  let total = 0n
  for (const each of days) {
    total += usedOn(each)
    if (total > included) return { day: each.day, isForecast: false }
  }
  // What was counted between two looks: the next one has its day.
  return null
}
