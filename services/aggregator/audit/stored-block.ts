import type { Store } from '@forbruk/infra/store/store.ts'
import { type AcceptedGap, acceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import { blockLedger } from '@forbruk/infra/store/tables/block-ledger.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { select, shapeOf, type Values } from '@forbruk/infra/store/tables/table.ts'

const COLUMNS = {
  ...blockLedger.columns,
  /** 1 or 0. */
  inRange: safeCount,
  rollupRequests: safeCount,
  rollupRequestBytes: safeCount,
  rollupResponseBytes: safeCount,
  rejectedRows: safeCount,
  rejectedOfSources: safeCount,
  sourceEvents: safeCount,
  sourceDuplicates: safeCount,
  sourceMarks: safeCount,
}

/** A ledger row beside the sums of the rows that it vouches for. */
export type AuditedBlock = Values<typeof COLUMNS>

/** The half-open time range [fromMs, toMs) that an audit is limited to. */
export type AuditedRange = { readonly fromMs: number; readonly toMs: number }

/**
 * Every block of the ledger in order, and every block that has rollup rows without a ledger row (its `foldVersion`
 * is then 0). `inRange` tells which ones hold events of the range.
 */
export function readAuditedBlocks(
  store: Store,
  stream: string,
  range: AuditedRange,
): Promise<AuditedBlock[]> {
  return store.query(
    `SELECT
        {stream:String} AS stream, * EXCEPT (stream),
        ifNull(toUnixTimestamp(last_hour) * 1000 >= {fromMs:Int64} - 3600000
            AND toUnixTimestamp(first_hour) * 1000 < {toMs:Int64}, 0) AS in_range
     FROM (SELECT * FROM block_ledger FINAL WHERE stream = {stream:String}) AS ledger
     FULL JOIN (
        SELECT partition, block, sum(requests) AS rollup_requests, sum(request_bytes) AS rollup_request_bytes,
               sum(response_bytes) AS rollup_response_bytes
        FROM usage_rollup FINAL WHERE stream = {stream:String} GROUP BY partition, block
     ) AS rollup USING (partition, block)
     LEFT JOIN (
        SELECT partition, block, count() AS rejected_rows, countIf(source != '' OR file != '') AS rejected_of_sources
        FROM rejected_event FINAL WHERE stream = {stream:String} GROUP BY partition, block
     ) AS rejects USING (partition, block)
     LEFT JOIN (
        SELECT partition, block, sum(events) AS source_events, sum(duplicates) AS source_duplicates,
               sum(marks) AS source_marks
        FROM source_ledger FINAL WHERE stream = {stream:String} GROUP BY partition, block
     ) AS sources USING (partition, block)
     ORDER BY partition, block`,
    shapeOf(COLUMNS),
    { stream, fromMs: range.fromMs, toMs: range.toMs },
  )
}

export function readGaps(store: Store, stream: string): Promise<AcceptedGap[]> {
  const { list, shape } = select(acceptedGap)
  return store.query(
    `SELECT ${list} FROM accepted_gap FINAL WHERE stream = {stream:String} ORDER BY partition, from_offset`,
    shape,
    { stream },
  )
}
