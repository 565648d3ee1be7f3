import type { Store } from '@forbruk/infra/store/store.ts'
import { storedCount } from '@forbruk/infra/store/stored-number.ts'
import type { Evidence } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'

/** Whose use is looked at, and what of it counts. */
export type UsageScope = {
  readonly store: Store
  readonly stream: string
  readonly timeZone: string
  readonly definitions: TariffVersion['definitions']
}

/** What a client did through an integration in a month. */
export type MonthUse = Evidence['trend'][number] & {
  readonly clientId: string
  readonly integrationId: string
}
export type HourUse = Evidence['hours'][number] & { readonly clientId: string }

const HOURS_MAX = 5

/** By client, month (oldest first) and integration; only what there was. */
export async function readMonthUses(
  scope: UsageScope,
  range: PeriodRange,
  clientIds: readonly string[],
): Promise<MonthUse[]> {
  const sql = `
SELECT
    client_id,
    integration_id,
    formatDateTime(hour, '%Y-%m', {zone:String}) AS month,
    toString(sum(requests)) AS requests_sum,
    toString(${sumBytes(scope)}) AS bytes_sum
FROM usage_rollup FINAL
WHERE ${IN_SCOPE} AND client_id IN {clients:Array(String)}
GROUP BY client_id, month, integration_id
ORDER BY client_id, month, integration_id`
  return scope.store.query(sql, monthUseShape, { ...parameters(scope, range), clients: clientIds })
}

/**
 * The hours in which each client used most, most first, of the integrations named with it.
 * @param uses pairs of client and integration
 * @param measure what most is said of
 */
export async function readTopHours(
  scope: UsageScope,
  range: PeriodRange,
  uses: readonly { readonly clientId: string; readonly integrationId: string }[],
  measure: 'requests' | 'bytes',
): Promise<HourUse[]> {
  const sql = `
SELECT
    client_id,
    toUnixTimestamp(hour) AS hour_seconds,
    sum(requests) AS requests_total,
    ${sumBytes(scope)} AS bytes_total,
    toString(requests_total) AS requests_sum,
    toString(bytes_total) AS bytes_sum
FROM usage_rollup FINAL
WHERE ${IN_SCOPE} AND (client_id, integration_id) IN
(
    SELECT pair.1, pair.2
    FROM (SELECT arrayJoin(arrayZip({clients:Array(String)}, {integrations:Array(String)})) AS pair)
)
GROUP BY client_id, hour
ORDER BY client_id, ${measure}_total DESC, hour
LIMIT ${HOURS_MAX} BY client_id`
  const rows = await scope.store.query(sql, hourUseShape, {
    ...parameters(scope, range),
    clients: uses.map(use => use.clientId),
    integrations: uses.map(use => use.integrationId),
  })
  return rows.map(({ hourMs, ...use }) => ({ ...use, hour: localHour(hourMs, scope.timeZone) }))
}

/** `2026-10-14T13:00+02:00`; the distance from UTC tells the two hours of a change from summer time apart. */
function localHour(hourMs: number, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(hourMs).toZonedDateTimeISO(timeZone)
  return local.toString({ smallestUnit: 'minute', timeZoneName: 'never' })
}

function parameters({ stream, timeZone, definitions }: UsageScope, { startMs, endMs }: PeriodRange) {
  return {
    stream,
    zone: timeZone,
    not_counted: definitions.statusClassesNotCounted,
    start: startMs / 1000,
    end: endMs / 1000,
  }
}

const IN_SCOPE = `stream = {stream:String}
    AND hour >= toDateTime({start:UInt32}, 'UTC') AND hour < toDateTime({end:UInt32}, 'UTC')
    AND NOT has({not_counted:Array(String)}, toString(status_class))`

function sumBytes({ definitions }: UsageScope): string {
  switch (definitions.bytesCounted) {
    case 'request_and_response':
      return 'sum(request_bytes) + sum(response_bytes)'
    case 'request':
      return 'sum(request_bytes)'
    case 'response':
      return 'sum(response_bytes)'
  }
}

const useColumns = { client_id: z.string(), requests_sum: z.string(), bytes_sum: z.string() }

const monthUseShape: z.ZodType<MonthUse> = z
  .object({ ...useColumns, integration_id: z.string(), month: z.string() })
  .transform(row => ({
    clientId: row.client_id,
    integrationId: row.integration_id,
    month: row.month,
    requests: row.requests_sum,
    bytes: row.bytes_sum,
  }))

const hourUseShape = z.object({ ...useColumns, hour_seconds: storedCount }).transform(row => ({
  clientId: row.client_id,
  hourMs: row.hour_seconds * 1000,
  requests: row.requests_sum,
  bytes: row.bytes_sum,
}))
