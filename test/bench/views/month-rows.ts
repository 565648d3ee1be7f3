import {
  type BillingPeriod,
  periodAt,
  periodBefore,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'

export const STREAM = 'gateway.requests'
export const ZONE = 'Europe/Oslo'
export const PARTITIONS = 8
export const OFFSETS_PER_DAY = 4
/** A month is inserted in so many, one after the other as its days come. */
export const PARTS = 4
const DAY_S = 86_400
/** One client in so many is far above the allowance. */
const HEAVY = 2_000

export type Size = { readonly months: number; readonly rowsPerMonth: number; readonly clients: number }

/** Oldest first; the last one is running. */
export function listPeriods({ months }: Size, nowMs: number): BillingPeriod[] {
  const listed = [periodAt(nowMs, ZONE)]
  for (let newest = listed[0]; newest !== undefined && listed.length < months; newest = listed.at(-1))
    listed.push(periodBefore(newest))
  return listed.reverse()
}

export function countDays(periods: readonly BillingPeriod[], nowMs: number): number {
  return Math.floor((nowMs / 1_000 - startOf(periods)) / DAY_S) + 1
}

function startOf([first]: readonly BillingPeriod[]): number {
  if (first === undefined) throw new RangeError('expected a month at least')
  return periodRange(first, ZONE).startMs / 1_000
}

/** In seconds since the epoch: a running month goes up to the last whole hour. */
export function hoursOf(period: BillingPeriod, nowMs: number) {
  const { startMs, endMs } = periodRange(period, ZONE)
  const startS = startMs / 1_000
  const endS = Math.floor(Math.min(endMs, nowMs) / 3_600_000) * 3_600
  return { startS, endS, hours: Math.max(1, (endS - startS) / 3_600) }
}

/**
 * SQL that makes a part of a month's rows, the same each time: each client has as many as every other, each in an hour
 * of its own, so that no key comes twice.
 */
export function spellRows(
  { rowsPerMonth, clients }: Size,
  periods: readonly BillingPeriod[],
  { period, part, nowMs }: { readonly period: BillingPeriod; readonly part: number; readonly nowMs: number },
): string {
  const { startS, hours } = hoursOf(period, nowMs)
  const perClient = Math.max(1, Math.floor(rowsPerMonth / clients))
  const perPart = Math.floor((perClient * clients) / PARTS)
  return `
WITH
    number + ${part * perPart} AS row, row % ${clients} AS client, intDiv(row, ${clients}) AS turn,
    intDiv(turn * ${hours}, ${perClient}) AS hour_first, intDiv((turn + 1) * ${hours}, ${perClient}) AS hour_end,
    ${startS} + (hour_first + cityHash64(row, ${startS}) % greatest(hour_end - hour_first, 1)) * 3600 AS hour_s,
    if(client % ${HEAVY} = 7, 6000, 1) AS times
SELECT
    concat('client-', leftPad(toString(client), 6, '0')) AS client_id,
    toDateTime(hour_s, 'UTC') AS hour,
    ['shop', 'web', 'pos', 'bi'][(client + if(cityHash64(row, 'integration') % 4 = 0, 1, 0)) % 4 + 1] AS integration_id,
    if(cityHash64(row, 'status') % 20 = 0, '4xx', '2xx') AS status_class,
    '${STREAM}' AS stream,
    client % ${PARTITIONS} AS partition,
    intDiv(hour_s - ${startOf(periods)}, ${DAY_S}) * ${OFFSETS_PER_DAY} AS block,
    (1 + cityHash64(row, ${startS}, 'requests') % 39) * times AS requests,
    (200 + cityHash64(row, ${startS}, 'sent') % 5000) * times AS request_bytes,
    (1000 + cityHash64(row, ${startS}, 'received') % 20000) * times AS response_bytes,
    block + ${OFFSETS_PER_DAY - 1} AS last_offset
FROM numbers(${perPart})`
}
