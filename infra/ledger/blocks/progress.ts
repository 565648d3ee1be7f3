import type { Store } from '../../store/store.ts'
import { nullable, safeCount, time } from '../../store/tables/codec.ts'
import { type IngestProgress, ingestProgress } from '../../store/tables/ingest-progress.ts'
import { select, shapeOf, type Values } from '../../store/tables/table.ts'

/** How far a partition is counted. */
export type Standing = {
  /** Everything below is counted. */
  readonly nextOffset: number
  /** The newest that it is counted with. */
  readonly foldVersion: number
  /** Those of its newest block; null where there are none. */
  readonly pastMaxMs: number | null
  readonly aheadMaxMs: number | null
  /** Of the last signed word that holds. */
  readonly controlSequence: number
  /** As the log said when the stream grew; null where it has not said so. */
  readonly partitionCount: number | null
}

/** By partition, of those that anything is stored of. Cheap enough to be asked again and again. */
export async function readStandings(store: Store, stream: string): Promise<ReadonlyMap<number, Standing>> {
  const rows = await store.query(
    `SELECT partition, max(next_offset) AS next_offset, max(fold_version) AS fold_version,
            argMax(past_max_ms, block) AS past_max_ms, argMax(ahead_max_ms, block) AS ahead_max_ms,
            max(control_sequence) AS control_sequence, max(partition_count) AS partition_count
     FROM block_ledger WHERE stream = {stream:String} GROUP BY partition`,
    shapeOf({
      partition: safeCount,
      nextOffset: safeCount,
      foldVersion: safeCount,
      pastMaxMs: nullable(safeCount),
      aheadMaxMs: nullable(safeCount),
      controlSequence: safeCount,
      partitionCount: nullable(safeCount),
    }),
    { stream },
  )
  return new Map(rows.map(({ partition, ...standing }) => [partition, standing]))
}

const GROWTH = {
  partitionCount: safeCount,
  foldVersion: safeCount,
  blockSize: safeCount,
  windowSize: safeCount,
}

/** That the stream has so many partitions, and the rules of just then, with which the new ones begin. */
export type Growth = Values<typeof GROWTH>

/** As the log said and somebody has counted, the first one first. What a partition has of it never changes. */
export function readGrowths(store: Store, stream: string): Promise<Growth[]> {
  return store.query(
    `SELECT assumeNotNull(ledger.partition_count) AS partition_count, fold_version, block_size, window_size
     FROM (SELECT * FROM block_ledger FINAL WHERE stream = {stream:String}) AS ledger
     WHERE ledger.partition_count IS NOT NULL
     ORDER BY partition_count, partition, block LIMIT 1 BY partition_count`,
    shapeOf(GROWTH),
    { stream },
  )
}

/** What is counted of each partition, in their order. */
export function readProgress(store: Store, stream: string): Promise<IngestProgress[]> {
  const { list, shape } = select(ingestProgress)
  const sql = `SELECT ${list} FROM ingest_progress WHERE stream = {stream:String} ORDER BY partition`
  return store.query(sql, shape, { stream })
}

/** When the first counted record was appended to the log, by the log's clock; null when none was counted. */
export async function readFirstAppendTime(store: Store, stream: string): Promise<number | null> {
  const [row] = await store.query(
    'SELECT minOrNull(first_append_time) AS first_append_time FROM block_ledger WHERE stream = {stream:String}',
    shapeOf({ firstAppendTimeMs: nullable(time) }),
    { stream },
  )
  return row?.firstAppendTimeMs ?? null
}
