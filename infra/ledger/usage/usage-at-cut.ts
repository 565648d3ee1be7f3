import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Store } from '../../store/store.ts'
import { count64, text } from '../../store/tables/codec.ts'
import { shapeOf } from '../../store/tables/table.ts'
import { IN_RANGE, rangeParams } from '../blocks/range.ts'
import type { Cut } from './settled-usage.ts'

/**
 * Between what a client's use below a cut must lie: a block that has grown over the cut since is in the one and not in
 * the other, and so are copies of request ids that were found since. Both are the same where there are neither.
 */
export type UseAtCut = {
  readonly clientId: string
  readonly requestsMin: bigint
  readonly requestsMax: bigint
  readonly bytesMin: bigint
  readonly bytesMax: bigint
}

const SEEN = 'transform(partition, {partitions:Array(UInt32)}, {offsets:Array(UInt64)}, toUInt64(0))'

const SQL = `
SELECT
    client_id,
    toUInt64(greatest(sumIf(toInt64(requests), is_whole), 0)) AS requests_min,
    toUInt64(greatest(sumIf(toInt64(requests), requests > 0), 0)) AS requests_max,
    toUInt64(greatest(sumIf(toInt64(bytes), is_whole), 0)) AS bytes_min,
    toUInt64(greatest(sumIf(toInt64(bytes), requests > 0), 0)) AS bytes_max
FROM
(
    SELECT
        client_id,
        toInt64(requests) AS requests,
        toInt64(request_bytes + response_bytes) AS bytes,
        (partition, block) IN
        (
            SELECT partition, block FROM block_ledger FINAL
            WHERE stream = {stream:String} AND next_offset <= ${SEEN}
        ) AS is_whole
    FROM usage_rollup FINAL
    WHERE stream = {stream:String} AND ${IN_RANGE} AND block < ${SEEN}
    UNION ALL
    SELECT client_id, requests, request_bytes + response_bytes AS bytes, true AS is_whole
    FROM usage_counted WHERE stream = {stream:String} AND ${IN_RANGE} AND requests < 0
)
GROUP BY client_id`

const shape = shapeOf({
  clientId: text,
  requestsMin: count64,
  requestsMax: count64,
  bytesMin: count64,
  bytesMax: count64,
})

/** What every client did in the range below the cut, as the rollup and the ledger have it now. */
export function readUsageAtCut(
  store: Store,
  stream: string,
  range: PeriodRange,
  cut: Cut,
): Promise<UseAtCut[]> {
  return store.query(SQL, shape, {
    ...rangeParams(range),
    stream,
    partitions: cut.map(({ partition }) => partition),
    offsets: cut.map(({ nextOffset }) => nextOffset),
  })
}
