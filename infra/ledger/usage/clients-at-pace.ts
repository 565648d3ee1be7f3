import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Store } from '../../store/store.ts'
import { text } from '../../store/tables/codec.ts'
import { shapeOf } from '../../store/tables/table.ts'
import { IN_RANGE, rangeParams } from '../blocks/range.ts'

type PaceQuestion = {
  readonly stream: string
  readonly range: PeriodRange
  /** Where the hours begin, on a whole one, that say how fast a client is. */
  readonly paceStartMs: number
  /** How often as much again is expected of the range's rest. */
  readonly rest: number
  readonly requestsMin: number
  readonly bytesMin: number
  /** By partition. Only clients with usage that was written at or past these offsets. */
  readonly changedSince: readonly number[]
}

/**
 * The clients, by id, whose requests or bytes in the range, with what their pace makes expected of its rest, reach the
 * least. A row's last offset tells when it was written: see the block protocol.
 */
export async function readClientsAtPace(store: Store, question: PaceQuestion): Promise<string[]> {
  const { stream, range, paceStartMs, rest, requestsMin, bytesMin, changedSince } = question
  const rows = await store.query(SQL, shapeOf({ clientId: text }), {
    stream,
    ...rangeParams(range),
    pace: paceStartMs / 1_000,
    rest,
    requests_min: requestsMin,
    bytes_min: bytesMin,
    changed_since: changedSince,
  })
  return rows.map(row => row.clientId)
}

const AT_PACE = `hour >= toDateTime({pace:UInt32}, 'UTC')`
const SQL = `
SELECT client_id
FROM usage_counted
WHERE stream = {stream:String} AND ${IN_RANGE} AND client_id IN
(
    SELECT client_id
    FROM usage_rollup
    WHERE stream = {stream:String} AND ${IN_RANGE}
        AND last_offset >= arrayElement({changed_since:Array(UInt64)}, partition + 1)
)
GROUP BY client_id
HAVING
    sum(requests) + sumIf(requests, ${AT_PACE}) * {rest:Float64} >= {requests_min:Float64}
    OR sum(request_bytes + response_bytes) + sumIf(request_bytes + response_bytes, ${AT_PACE}) * {rest:Float64}
        >= {bytes_min:Float64}
ORDER BY client_id`
