import type { StatusClass } from '@forbruk/schemas/event/status-class.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Store } from '../../store/store.ts'
import { count64, secondTime, text } from '../../store/tables/codec.ts'
import { shapeOf } from '../../store/tables/table.ts'
import { IN_RANGE, rangeParams } from '../blocks/range.ts'
import { IS_COUNTED, sumCounted } from './sum-counted.ts'

type BusyQuestion = {
  readonly stream: string
  readonly range: PeriodRange
  /** Whose use of what is looked at. */
  readonly uses: readonly { readonly clientId: string; readonly integrationId: string }[]
  /** What most is said of. */
  readonly measure: 'requests' | 'bytes'
  readonly bytesCounted: 'request_and_response' | 'request' | 'response'
  readonly notCounted: readonly StatusClass[]
  readonly hoursPerClientMax: number
}

export type HourUse = {
  readonly clientId: string
  /** Where the hour begins. */
  readonly hourMs: number
  readonly requestsSum: bigint
  readonly bytesSum: bigint
}

/** The hours in which each client used most, most first. */
export function readBusyHours(store: Store, question: BusyQuestion): Promise<HourUse[]> {
  const { stream, range, uses, measure, bytesCounted, notCounted, hoursPerClientMax } = question
  return store.query(
    `SELECT client_id, hour, ${sumCounted('requests')} AS requests_sum, ${sumCounted(BYTES[bytesCounted])} AS bytes_sum
     FROM usage_counted
     WHERE stream = {stream:String} AND ${IN_RANGE} AND NOT has({not_counted:Array(String)}, toString(status_class))
       AND (client_id, integration_id) IN
       (
          SELECT pair.1, pair.2
          FROM (SELECT arrayJoin(arrayZip({clients:Array(String)}, {integrations:Array(String)})) AS pair)
       )
     GROUP BY client_id, hour
     ${IS_COUNTED}
     ORDER BY client_id, ${measure}_sum DESC, hour
     LIMIT {hours_max:UInt32} BY client_id`,
    shapeOf({ clientId: text, hourMs: secondTime, requestsSum: count64, bytesSum: count64 }),
    {
      stream,
      ...rangeParams(range),
      not_counted: notCounted,
      clients: uses.map(use => use.clientId),
      integrations: uses.map(use => use.integrationId),
      hours_max: hoursPerClientMax,
    },
  )
}

const BYTES = {
  request_and_response: 'request_bytes + response_bytes',
  request: 'request_bytes',
  response: 'response_bytes',
} as const
