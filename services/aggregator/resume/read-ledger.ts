import type { Store } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'
import { SourceFiles } from '../count/admit.ts'

/** What counting needs to know of what is stored: the SQL of it, and nothing else. */
export interface LedgerReader {
  /** What was stored with the stream when its counting began; null when it never did. */
  readStream(stream: string): Promise<StoredStream | null>
  /** Per partition, the newest fold version that it is counted with. */
  readFoldVersions(stream: string): Promise<ReadonlyMap<number, number>>
  /** Per partition, the offset up to which it is counted. */
  readNextOffsets(stream: string): Promise<ReadonlyMap<number, number>>
  /**
   * The newest blocks of the partition's ledger, oldest first: those that reach into the last `blocksMax` times the
   * block size, and as much before them as a block and its window may need.
   */
  readNewestBlocks(place: Place, blocksMax: number): Promise<LedgerBlock[]>
  /** What the rows of each block from `firstBlock` on add up to. */
  readBlockSums(place: Place, firstBlock: number): Promise<BlockSum[]>
  /** The gaps that operators have accepted, in order. */
  readGaps(place: Place): Promise<LedgerGap[]>
  /** What was seen of each source's file before the block: the part of a fold's state that is older than its block. */
  readSources(place: Place, beforeBlock: number): Promise<SourceFiles>
}

export type Place = { readonly stream: string; readonly partition: number }

const count = z.coerce.number().int().nonnegative()

const streamShape = z.object({
  partition_count: count,
  block_size: count,
  window_size: count,
  fold_version: count,
})
export type StoredStream = z.infer<typeof streamShape>

const versionShape = z.object({ partition: count, newest_version: count })
const progressShape = z.object({ partition: count, next_offset: count })

const time = z.coerce.number().int().nullable()
const ledgerShape = z.object({
  fold_version: count,
  block_size: count,
  window_size: count,
  /** Also the block's name. */
  first_offset: count,
  next_offset: count,
  records: count,
  events: count,
  requests: count,
  duplicates: count,
  rejected: count,
  marks: count,
  request_ids: count,
  request_bytes: count,
  response_bytes: count,
  first_hour_ms: time,
  last_hour_ms: time,
  first_append_time_ms: time,
  last_append_time_ms: time,
  fingerprint: z.coerce.bigint(),
})
export type LedgerBlock = z.infer<typeof ledgerShape>

const gapShape = z.object({ from_offset: count, to_offset: count })
/** Offsets [from_offset, to_offset). */
export type LedgerGap = z.infer<typeof gapShape>

const blockSumShape = z.object({
  block: count,
  requests: count,
  request_bytes: count,
  response_bytes: count,
  rejected: count,
  rejected_of_sources: count,
  source_events: count,
  source_duplicates: count,
  source_marks: count,
})
/** Of a block's usage rows, rejected events and source rows. */
export type BlockSum = z.infer<typeof blockSumShape>

const sourceShape = z.object({
  source: z.string(),
  file: z.string(),
  high_position: z.coerce.number().int(),
  events_so_far: count,
  mark_position: count,
  mark_events_total: count,
  events_at_mark: count,
  through_ms: z.coerce.number().int().nullable(),
  format: z.string(),
})

export function createLedgerReader(store: Store): LedgerReader {
  return {
    readStream: stream => readStream(store, stream),
    readFoldVersions: stream => readFoldVersions(store, stream),
    readNextOffsets: stream => readNextOffsets(store, stream),
    readNewestBlocks: (place, blocksMax) => readNewestBlocks(store, place, blocksMax),
    readBlockSums: (place, firstBlock) => readBlockSums(store, place, firstBlock),
    readGaps: place => readGaps(store, place),
    readSources: (place, beforeBlock) => readSources(store, place, beforeBlock),
  }
}

async function readStream(store: Store, stream: string): Promise<StoredStream | null> {
  const sql =
    'SELECT partition_count, block_size, window_size, fold_version FROM stream FINAL WHERE stream = {stream:String}'
  const [stored] = await store.query(sql, streamShape, { stream })
  return stored ?? null
}

async function readFoldVersions(store: Store, stream: string): Promise<ReadonlyMap<number, number>> {
  const rows = await store.query(
    `SELECT partition, max(fold_version) AS newest_version FROM block_ledger
     WHERE stream = {stream:String} GROUP BY partition`,
    versionShape,
    { stream },
  )
  return new Map(rows.map(row => [row.partition, row.newest_version]))
}

async function readNextOffsets(store: Store, stream: string): Promise<ReadonlyMap<number, number>> {
  const rows = await store.query(
    `SELECT partition, max(next_offset) AS next_offset FROM block_ledger
     WHERE stream = {stream:String} GROUP BY partition`,
    progressShape,
    { stream },
  )
  return new Map(rows.map(row => [row.partition, row.next_offset]))
}

function readNewestBlocks(store: Store, place: Place, blocksMax: number): Promise<LedgerBlock[]> {
  const ofPartition = 'WHERE stream = {stream:String} AND partition = {partition:UInt32}'
  return store.query(
    `SELECT fold_version, block_size, window_size, first_offset, next_offset, records, events, requests, duplicates,
            rejected, marks, request_ids, request_bytes, response_bytes,
            toUnixTimestamp(first_hour) * 1000 AS first_hour_ms, toUnixTimestamp(last_hour) * 1000 AS last_hour_ms,
            toUnixTimestamp64Milli(first_append_time) AS first_append_time_ms,
            toUnixTimestamp64Milli(last_append_time) AS last_append_time_ms,
            fingerprint
     FROM block_ledger FINAL
     ${ofPartition} AND next_offset > (
        SELECT toInt64(max(next_offset)) - ({blocksMax:UInt32} + 1) * max(block_size) - max(window_size)
        FROM block_ledger ${ofPartition}
     )
     ORDER BY block`,
    ledgerShape,
    { ...place, blocksMax },
  )
}

function readGaps(store: Store, place: Place): Promise<LedgerGap[]> {
  return store.query(
    `SELECT from_offset, to_offset FROM accepted_gap FINAL
     WHERE stream = {stream:String} AND partition = {partition:UInt32} ORDER BY to_offset`,
    gapShape,
    place,
  )
}

const OF_BLOCKS =
  'WHERE stream = {stream:String} AND partition = {partition:UInt32} AND block >= {firstBlock:UInt64}'

function readBlockSums(store: Store, place: Place, firstBlock: number): Promise<BlockSum[]> {
  return store.query(
    `SELECT block,
            sum(usage_requests) AS requests, sum(usage_request_bytes) AS request_bytes,
            sum(usage_response_bytes) AS response_bytes,
            sum(rejected_rows) AS rejected, sum(rejected_named) AS rejected_of_sources,
            sum(events) AS source_events, sum(duplicates) AS source_duplicates, sum(marks) AS source_marks
     FROM
     (
        SELECT block, requests AS usage_requests, request_bytes AS usage_request_bytes,
               response_bytes AS usage_response_bytes, 0 AS rejected_rows, 0 AS rejected_named,
               0 AS events, 0 AS duplicates, 0 AS marks
        FROM usage_rollup FINAL ${OF_BLOCKS}
        UNION ALL
        SELECT block, 0, 0, 0, 1, source != '' OR file != '', 0, 0, 0 FROM rejected_event FINAL ${OF_BLOCKS}
        UNION ALL
        SELECT block, 0, 0, 0, 0, 0, events, duplicates, marks FROM source_ledger FINAL ${OF_BLOCKS}
     )
     GROUP BY block`,
    blockSumShape,
    { ...place, firstBlock },
  )
}

async function readSources(store: Store, place: Place, beforeBlock: number): Promise<SourceFiles> {
  const rows = await store.query(
    `SELECT source, file,
            argMax(high_position, block) AS high_position,
            argMax(events_so_far, block) AS events_so_far,
            argMax(mark_position, block) AS mark_position,
            argMax(mark_events_total, block) AS mark_events_total,
            argMax(events_at_mark, block) AS events_at_mark,
            max(toUnixTimestamp64Milli(through)) AS through_ms,
            argMax(format, block) AS format
     FROM (SELECT * FROM source_ledger FINAL)
     WHERE stream = {stream:String} AND partition = {partition:UInt32} AND block < {beforeBlock:UInt64}
     GROUP BY source, file`,
    sourceShape,
    { ...place, beforeBlock },
  )
  const sources = new SourceFiles()
  for (const row of rows) {
    const file = sources.get(row.source, row.file)
    file.highPosition = row.high_position
    file.eventsSoFar = row.events_so_far
    file.markPosition = row.mark_position
    file.markEventsTotal = row.mark_events_total
    file.eventsAtMark = row.events_at_mark
    file.throughMs = row.through_ms
    file.format = row.format
  }
  return sources
}
