import type { Store } from '../../store/store.ts'
import { blockLedger, type LedgerBlock } from '../../store/tables/block-ledger.ts'
import { safeCount } from '../../store/tables/codec.ts'
import { select, shapeOf, type Values } from '../../store/tables/table.ts'
import { type UsageRollupRow, usageRollup } from '../../store/tables/usage-rollup.ts'

export type Place = { readonly stream: string; readonly partition: number }

/** Every block of the ledger, by partition, in order. */
export function readBlocks(store: Store, stream: string): Promise<LedgerBlock[]> {
  const { list, shape } = select(blockLedger)
  const sql = `SELECT ${list} FROM block_ledger FINAL WHERE stream = {stream:String} ORDER BY partition, block`
  return store.query(sql, shape, { stream })
}

/**
 * The newest blocks of the partition's ledger, oldest first: those that reach into the last `blocksMax` times the
 * block size, and as much before them as a block and its window may need.
 */
export function readNewestBlocks(store: Store, place: Place, blocksMax: number): Promise<LedgerBlock[]> {
  const { list, shape } = select(blockLedger)
  const ofPartition = 'stream = {stream:String} AND partition = {partition:UInt32}'
  return store.query(
    `SELECT ${list} FROM block_ledger FINAL
     WHERE ${ofPartition} AND next_offset > (
        SELECT toInt64(max(next_offset)) - ({blocksMax:UInt32} + 1) * max(block_size) - max(window_size)
        FROM block_ledger WHERE ${ofPartition}
     )
     ORDER BY block`,
    shape,
    { ...place, blocksMax },
  )
}

const SUMS = {
  partition: safeCount,
  block: safeCount,
  requests: safeCount,
  requestBytes: safeCount,
  responseBytes: safeCount,
  rejected: safeCount,
  /** Those that name a source or a file. */
  rejectedOfSources: safeCount,
  sourceEvents: safeCount,
  sourceDuplicates: safeCount,
  sourceMarks: safeCount,
}

/** What a block's usage rows, rejected events and source rows add up to: what its ledger row vouches for. */
export type BlockSum = Values<typeof SUMS>

/** Of every block that has rows, whether it has a ledger row or not. */
export function readBlockSums(store: Store, stream: string): Promise<BlockSum[]> {
  return store.query(sumsOf('stream = {stream:String}'), shapeOf(SUMS), { stream })
}

/** The same of the partition's blocks from `firstBlock` on. */
export function readSumsFrom(store: Store, place: Place, firstBlock: number): Promise<BlockSum[]> {
  const ofBlocks =
    'stream = {stream:String} AND partition = {partition:UInt32} AND block >= {firstBlock:UInt64}'
  return store.query(sumsOf(ofBlocks), shapeOf(SUMS), { ...place, firstBlock })
}

function sumsOf(condition: string): string {
  return `
SELECT partition, block,
       sum(usage_requests) AS requests, sum(usage_request_bytes) AS request_bytes,
       sum(usage_response_bytes) AS response_bytes,
       sum(rejected_events) AS rejected, sum(rejected_named) AS rejected_of_sources,
       sum(events) AS source_events, sum(duplicates) AS source_duplicates, sum(marks) AS source_marks
FROM
(
    SELECT partition, block, requests AS usage_requests, request_bytes AS usage_request_bytes,
           response_bytes AS usage_response_bytes, 0 AS rejected_events, 0 AS rejected_named,
           0 AS events, 0 AS duplicates, 0 AS marks
    FROM usage_rollup FINAL WHERE ${condition}
    UNION ALL
    SELECT partition, block, 0, 0, 0, events, events_of_sources, 0, 0, 0
    FROM rejected_stored WHERE ${condition}
    UNION ALL
    SELECT partition, block, 0, 0, 0, 0, 0, events, duplicates, marks
    FROM source_ledger FINAL WHERE ${condition}
)
GROUP BY partition, block
ORDER BY partition, block`
}

/** The usage rows of one block. */
export function readUsageRows(store: Store, place: Place, block: number): Promise<UsageRollupRow[]> {
  const { list, shape } = select(usageRollup)
  return store.query(
    `SELECT ${list} FROM usage_rollup FINAL
     WHERE stream = {stream:String} AND partition = {partition:UInt32} AND block = {block:UInt64}`,
    shape,
    { ...place, block },
  )
}
