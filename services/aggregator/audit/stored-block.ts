import type { Store } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'

const count = z.coerce.bigint()

const auditedBlockShape = z.object({
  stream: z.string(),
  partition: z.number(),
  block: z.coerce.number(),
  fold_version: z.number(),
  block_size: z.number(),
  window_size: z.number(),
  first_offset: z.coerce.number(),
  next_offset: z.coerce.number(),
  records: count,
  events: count,
  requests: count,
  duplicates: count,
  rejected: count,
  marks: count,
  request_ids: z.coerce.number(),
  request_bytes: count,
  response_bytes: count,
  first_append_time_ms: z.coerce.number().nullable(),
  fingerprint: z.string(),
  in_month: z.coerce.boolean(),
  rollup_requests: count,
  rollup_request_bytes: count,
  rollup_response_bytes: count,
  rollup_newest: z.coerce.number(),
  rejected_rows: count,
  rejected_of_sources: count,
  source_events: count,
  source_duplicates: count,
  source_marks: count,
})

/** A ledger row beside the sums of the rows that it vouches for. */
export type AuditedBlock = z.infer<typeof auditedBlockShape>

/** The half-open time range [fromMs, toMs) that an audit is limited to. */
export type AuditedRange = { readonly fromMs: number; readonly toMs: number }

/**
 * Every block of the ledger in order, and every block that has rollup rows without a ledger row (its `fold_version`
 * is then 0). `in_month` tells which ones hold events of the range.
 */
export function readAuditedBlocks(
  store: Store,
  stream: string,
  range: AuditedRange,
): Promise<AuditedBlock[]> {
  return store.query(
    `SELECT
        {stream:String} AS stream, partition, block,
        fold_version, block_size, window_size, first_offset, next_offset, records, events, requests, duplicates, rejected, marks, request_ids,
        request_bytes, response_bytes, toUnixTimestamp64Milli(first_append_time) AS first_append_time_ms,
        toString(fingerprint) AS fingerprint,
        ifNull(toUnixTimestamp(last_hour) * 1000 >= {fromMs:Int64} - 3600000
            AND toUnixTimestamp(first_hour) * 1000 < {toMs:Int64}, 0) AS in_month,
        rollup_requests, rollup_request_bytes, rollup_response_bytes, rollup_newest, rejected_rows, rejected_of_sources,
        source_events, source_duplicates, source_marks
     FROM (SELECT * FROM block_ledger FINAL WHERE stream = {stream:String}) AS ledger
     FULL JOIN (
        SELECT partition, block, sum(requests) AS rollup_requests, sum(request_bytes) AS rollup_request_bytes,
               sum(response_bytes) AS rollup_response_bytes, max(last_offset) AS rollup_newest
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
    auditedBlockShape,
    { stream, fromMs: range.fromMs, toMs: range.toMs },
  )
}

const auditedGapShape = z.object({
  partition: z.number(),
  from_offset: z.coerce.number(),
  to_offset: z.coerce.number(),
  reason: z.string(),
  accepted_at: z.string(),
})

/** Offsets [from_offset, to_offset) that an operator gave up, and why. */
export type AuditedGap = z.infer<typeof auditedGapShape>

export function readGaps(store: Store, stream: string): Promise<AuditedGap[]> {
  return store.query(
    `SELECT partition, from_offset, to_offset, reason, accepted_at FROM accepted_gap FINAL
     WHERE stream = {stream:String} ORDER BY partition, from_offset`,
    auditedGapShape,
    { stream },
  )
}
