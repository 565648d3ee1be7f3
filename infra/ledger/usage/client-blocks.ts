import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Store } from '../../store/store.ts'
import { count64, safeCount } from '../../store/tables/codec.ts'
import { shapeOf, type Values } from '../../store/tables/table.ts'
import { BLOCKS_OF_RANGE, IN_RANGE, rangeParams } from '../blocks/range.ts'
import type { Cut } from './settled-usage.ts'

type ClientRange = { readonly stream: string; readonly clientId: string; readonly range: PeriodRange }

const OF_BLOCK = {
  partition: safeCount,
  block: safeCount,
  requestsSum: count64,
  requestBytesSum: count64,
  responseBytesSum: count64,
  clientRequests: count64,
  clientRequestBytes: count64,
  clientResponseBytes: count64,
}
/** What a block's rows add up to, and what of it is a client's use of a range. */
export type ClientBlock = Values<typeof OF_BLOCK>

const IS_CLIENTS = `client_id = {client:String} AND ${IN_RANGE}`

const BLOCKS_SQL = `
SELECT
    partition,
    block,
    sum(requests) AS requests_sum,
    sum(request_bytes) AS request_bytes_sum,
    sum(response_bytes) AS response_bytes_sum,
    sumIf(requests, ${IS_CLIENTS}) AS client_requests,
    sumIf(request_bytes, ${IS_CLIENTS}) AS client_request_bytes,
    sumIf(response_bytes, ${IS_CLIENTS}) AS client_response_bytes
FROM usage_rollup FINAL
WHERE stream = {stream:String} AND (partition, block) IN
(
    SELECT partition, block FROM usage_rollup WHERE stream = {stream:String} AND ${IS_CLIENTS}
    UNION DISTINCT
    ${BLOCKS_OF_RANGE}
)
GROUP BY partition, block`

/** Every block that may hold use of the range, by whomever, as far as it has rows. */
export function readClientBlocks(
  store: Store,
  { stream, clientId, range }: ClientRange,
): Promise<ClientBlock[]> {
  return store.query(BLOCKS_SQL, shapeOf(OF_BLOCK), { stream, client: clientId, ...rangeParams(range) })
}

const COPIES_SQL = `
SELECT count() AS requests, sum(bytes_in) AS request_bytes, sum(bytes_out) AS response_bytes
FROM
(
    SELECT
        client_id,
        request_bytes AS bytes_in,
        response_bytes AS bytes_out,
        row_number() OVER (PARTITION BY hour, request_id ORDER BY append_time, partition, offset, event_index) AS place
    FROM repeated_request FINAL
    WHERE stream = {stream:String} AND is_known AND ${IN_RANGE}
        AND ({is_whole:Bool}
            OR offset < transform(partition, {partitions:Array(UInt32)}, {offsets:Array(UInt64)}, toUInt64(0)))
)
WHERE place > 1 AND client_id = {client:String}`

/**
 * Of a client's use of a range, the copies, which usage is read without: as `usage_counted` has them.
 *
 * @param cut what stood below it alone; null: all
 */
export async function sumCopies(store: Store, { stream, clientId, range }: ClientRange, cut: Cut | null) {
  const shape = shapeOf({ requests: count64, requestBytes: count64, responseBytes: count64 })
  const [copies] = await store.query(COPIES_SQL, shape, {
    ...{ stream, client: clientId, is_whole: cut === null },
    ...rangeParams(range),
    partitions: (cut ?? []).map(({ partition }) => partition),
    offsets: (cut ?? []).map(({ nextOffset }) => nextOffset),
  })
  return copies ?? { requests: 0n, requestBytes: 0n, responseBytes: 0n }
}
