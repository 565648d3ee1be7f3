import type { Store } from '../store/store.ts'
import { type AcceptedGap, acceptedGap } from '../store/tables/accepted-gap.ts'
import { blockLedger, type LedgerBlock } from '../store/tables/block-ledger.ts'
import { safeCount } from '../store/tables/codec.ts'
import { type SourceRow, sourceLedger } from '../store/tables/source-ledger.ts'
import { type StoredStream, stream as streamTable } from '../store/tables/stream.ts'
import { select, shapeOf, type Values } from '../store/tables/table.ts'

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
  readGaps(place: Place): Promise<AcceptedGap[]>
  /** What was seen of each source's file before the block: the part of a fold's state that is older than its block. */
  readSources(place: Place, beforeBlock: number): Promise<SourceStanding[]>
}

export type Place = { readonly stream: string; readonly partition: number }

const SUMS = {
  block: safeCount,
  requests: safeCount,
  requestBytes: safeCount,
  responseBytes: safeCount,
  rejected: safeCount,
  rejectedOfSources: safeCount,
  sourceEvents: safeCount,
  sourceDuplicates: safeCount,
  sourceMarks: safeCount,
}
/** Of a block's usage rows, rejected events and source rows. */
export type BlockSum = Values<typeof SUMS>

const STANDING = [
  'source',
  'file',
  'highPosition',
  'eventsSoFar',
  'markPosition',
  'markEventsTotal',
  'eventsAtMark',
  'throughMs',
  'format',
] as const
/** What a partition has seen of one source's file. */
export type SourceStanding = Pick<SourceRow, (typeof STANDING)[number]>

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
  const { list, shape } = select(streamTable)
  const sql = `SELECT ${list} FROM stream FINAL WHERE stream = {stream:String}`
  const [stored] = await store.query(sql, shape, { stream })
  return stored ?? null
}

async function readFoldVersions(store: Store, stream: string): Promise<ReadonlyMap<number, number>> {
  const rows = await store.query(
    `SELECT partition, max(fold_version) AS newest_version FROM block_ledger
     WHERE stream = {stream:String} GROUP BY partition`,
    shapeOf({ partition: safeCount, newestVersion: safeCount }),
    { stream },
  )
  return new Map(rows.map(row => [row.partition, row.newestVersion]))
}

async function readNextOffsets(store: Store, stream: string): Promise<ReadonlyMap<number, number>> {
  const rows = await store.query(
    `SELECT partition, max(next_offset) AS next_offset FROM block_ledger
     WHERE stream = {stream:String} GROUP BY partition`,
    shapeOf({ partition: safeCount, nextOffset: safeCount }),
    { stream },
  )
  return new Map(rows.map(row => [row.partition, row.nextOffset]))
}

function readNewestBlocks(store: Store, place: Place, blocksMax: number): Promise<LedgerBlock[]> {
  const { list, shape } = select(blockLedger)
  const ofPartition = 'WHERE stream = {stream:String} AND partition = {partition:UInt32}'
  return store.query(
    `SELECT ${list}
     FROM block_ledger FINAL
     ${ofPartition} AND next_offset > (
        SELECT toInt64(max(next_offset)) - ({blocksMax:UInt32} + 1) * max(block_size) - max(window_size)
        FROM block_ledger ${ofPartition}
     )
     ORDER BY block`,
    shape,
    { ...place, blocksMax },
  )
}

function readGaps(store: Store, place: Place): Promise<AcceptedGap[]> {
  const { list, shape } = select(acceptedGap)
  return store.query(
    `SELECT ${list} FROM accepted_gap FINAL
     WHERE stream = {stream:String} AND partition = {partition:UInt32} ORDER BY to_offset`,
    shape,
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
    shapeOf(SUMS),
    { ...place, firstBlock },
  )
}

/** Each row holds what was seen up to it. */
function readSources(store: Store, place: Place, beforeBlock: number): Promise<SourceStanding[]> {
  const { list, shape } = select(sourceLedger, ...STANDING)
  return store.query(
    `SELECT ${list} FROM source_ledger FINAL
     WHERE stream = {stream:String} AND partition = {partition:UInt32} AND block < {beforeBlock:UInt64}
     ORDER BY block DESC LIMIT 1 BY source, file`,
    shape,
    { ...place, beforeBlock },
  )
}
