import type { StatusClass } from '@forbruk/schemas/event/status-class.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { QueryParams, Store } from '../../store/store.ts'
import { count64, text } from '../../store/tables/codec.ts'
import { shapeOf } from '../../store/tables/table.ts'
import { usageRollup } from '../../store/tables/usage-rollup.ts'
import { IN_RANGE, rangeParams } from '../blocks/range.ts'
import { IS_COUNTED, sumCounted } from './sum-counted.ts'

/** What a client did through one integration, with answers of one status class. */
export type ClientUse = {
  readonly clientId: string
  /** Empty when the gateway did not know it. */
  readonly integrationId: string
  readonly statusClass: StatusClass
  readonly requests: bigint
  readonly requestBytes: bigint
  readonly responseBytes: bigint
}

const { clientId, integrationId, statusClass } = usageRollup.columns
const USE = {
  ...{ clientId, integrationId, statusClass },
  requestsSum: count64,
  requestBytesSum: count64,
  responseBytesSum: count64,
}
const SUMS = `
${sumCounted('requests')} AS requests_sum, ${sumCounted('request_bytes')} AS request_bytes_sum,
${sumCounted('response_bytes')} AS response_bytes_sum`
const useShape = shapeOf(USE).transform(toUse)
const monthUseShape = shapeOf({ ...USE, month: text }).transform(({ month, ...sums }) => ({
  ...toUse(sums),
  month,
}))

/** What every client did in the range. */
export function readUses(store: Store, stream: string, range: PeriodRange): Promise<ClientUse[]> {
  return queryUses(store, stream, range, '', {})
}

/** What these clients did in the range. */
export function readUsesOf(
  store: Store,
  stream: string,
  range: PeriodRange,
  clientIds: readonly string[],
): Promise<ClientUse[]> {
  return queryUses(store, stream, range, OF_CLIENTS, { clients: clientIds })
}

const OF_CLIENTS = 'AND client_id IN {clients:Array(String)}'

/** Whether anybody did anything in the range. */
export async function hasUsage(store: Store, stream: string, range: PeriodRange): Promise<boolean> {
  const rows = await store.query(
    `SELECT client_id FROM usage_rollup WHERE stream = {stream:String} AND ${IN_RANGE} LIMIT 1`,
    shapeOf({ clientId }),
    { stream, ...rangeParams(range) },
  )
  return rows.length > 0
}

/** What was counted in the range, of whomever, as a close has it. Reads all of it: asked once in a while. */
export async function sumUses(
  store: Store,
  stream: string,
  range: PeriodRange,
): Promise<{ readonly requests: bigint; readonly bytes: bigint }> {
  const [sums] = await store.query(
    `SELECT ${sumCounted('requests')} AS requests_sum, ${sumCounted('request_bytes + response_bytes')} AS bytes_sum
     FROM usage_counted WHERE stream = {stream:String} AND ${IN_RANGE}`,
    shapeOf({ requestsSum: count64, bytesSum: count64 }),
    { stream, ...rangeParams(range) },
  )
  return { requests: sums?.requestsSum ?? 0n, bytes: sums?.bytesSum ?? 0n }
}

/** By client, integration and status class, in this order. */
function queryUses(
  store: Store,
  stream: string,
  range: PeriodRange,
  ofClients: string,
  params: QueryParams,
): Promise<ClientUse[]> {
  return store.query(
    `SELECT client_id, integration_id, status_class, ${SUMS}
     FROM usage_counted
     WHERE stream = {stream:String} AND ${IN_RANGE} ${ofClients}
     GROUP BY client_id, integration_id, status_class
     ${IS_COUNTED}
     ORDER BY client_id, integration_id, status_class`,
    useShape,
    { stream, ...rangeParams(range), ...params },
  )
}

/** A use in a month, `YYYY-MM`, of the time zone. */
export type MonthUse = ClientUse & { readonly month: string }

/** What these clients did in each month of the range, by client, month (oldest first), integration and status class. */
export function readUsesByMonth(
  store: Store,
  stream: string,
  range: PeriodRange,
  timeZone: string,
  clientIds: readonly string[],
): Promise<MonthUse[]> {
  return store.query(
    `SELECT client_id, integration_id, status_class, ${SUMS}, formatDateTime(hour, '%Y-%m', {zone:String}) AS month
     FROM usage_counted
     WHERE stream = {stream:String} AND ${IN_RANGE} ${OF_CLIENTS}
     GROUP BY client_id, month, integration_id, status_class
     ${IS_COUNTED}
     ORDER BY client_id, month, integration_id, status_class`,
    monthUseShape,
    { stream, ...rangeParams(range), zone: timeZone, clients: clientIds },
  )
}

type Sums = {
  readonly requestsSum: bigint
  readonly requestBytesSum: bigint
  readonly responseBytesSum: bigint
}

/** A sum can't be named as what is summed: SQL would take it for that. */
function toUse<Use extends Sums>({ requestsSum, requestBytesSum, responseBytesSum, ...use }: Use) {
  return { ...use, requests: requestsSum, requestBytes: requestBytesSum, responseBytes: responseBytesSum }
}

/** What a client did on one day, `YYYY-MM-DD`, of the time zone. */
export type DayUse = {
  readonly clientId: string
  readonly day: string
  readonly requests: bigint
  readonly bytes: bigint
}

const dayUseShape = shapeOf({ clientId: text, day: text, requestsSum: count64, bytesSum: count64 }).transform(
  ({ requestsSum, bytesSum, ...use }): DayUse => ({ ...use, requests: requestsSum, bytes: bytesSum }),
)

/**
 * By client and day; days without any use are not in it.
 * @param clients a SELECT of client ids, with its parameters
 */
export function readUsesByDay(
  store: Store,
  stream: string,
  range: PeriodRange,
  timeZone: string,
  clients: { readonly sql: string; readonly params: QueryParams },
): Promise<DayUse[]> {
  return store.query(
    `SELECT client_id, toString(toDate(hour, {zone:String})) AS day,
            ${sumCounted('requests')} AS requests_sum, ${sumCounted('request_bytes + response_bytes')} AS bytes_sum
     FROM usage_counted
     WHERE stream = {stream:String} AND ${IN_RANGE} AND client_id IN (${clients.sql})
     GROUP BY client_id, day
     ${IS_COUNTED}
     ORDER BY client_id, day`,
    dayUseShape,
    { ...clients.params, stream, ...rangeParams(range), zone: timeZone },
  )
}
