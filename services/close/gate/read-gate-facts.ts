import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { storedCount } from '@forbruk/infra/store/stored-number.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { z } from 'zod'
import { readRejected } from '../rejected/read-rejected.ts'
import { type GateFacts, GRACE_MS, type LedgerFacts, type PartitionFacts, type SourceFacts } from './gate.ts'
import { mayTouch, readGaps } from './read-gaps.ts'

/**
 * Finds out, from store and log, what the gate judges. The log is asked before the ledger: what is appended meanwhile
 * then makes no complete partition look behind.
 */
export async function readGateFacts(
  store: Store,
  log: EventLog,
  month: string,
  { startMs, endMs }: PeriodRange,
): Promise<GateFacts> {
  const stream = log.topic
  const graceEndMs = endMs + GRACE_MS
  const inLog = await Promise.all(
    Array.from({ length: log.partitionCount }, (_, partition) => readPartition(log, partition, graceEndMs)),
  )
  const ledger = await readLedger(store, stream)
  return {
    month,
    endMs,
    graceEndMs,
    stream,
    logPartitions: log.partitionCount,
    storedPartitions: await readStoredPartitions(store, stream),
    partitions: inLog.map(facts => ({ ...facts, ledger: ledger.get(facts.partition) ?? null })),
    sources: await readSources(store, stream),
    rejected: await readRejected(store, stream, { startMs, endMs }),
    gaps: (await readGaps(store, stream)).filter(gap => mayTouch(gap, startMs, graceEndMs)),
    otherStreams: await readOtherStreams(store, stream, startMs, endMs),
  }
}

async function readPartition(
  log: EventLog,
  partition: number,
  graceEndMs: number,
): Promise<Omit<PartitionFacts, 'ledger'>> {
  // The end first: if there is no offset after the grace, all before that end was appended before it.
  const { startOffset, endOffset } = await log.bounds(partition)
  const graceOffset = await log.offsetForTime(partition, graceEndMs)
  return { partition, startOffset, endOffset, graceOffset }
}

const partitionsShape = z.object({ partition_count: storedCount })

async function readStoredPartitions(store: Store, stream: string): Promise<number | null> {
  const sql = 'SELECT partition_count FROM stream FINAL WHERE stream = {stream:String}'
  const [row] = await store.query(sql, partitionsShape, { stream })
  return row?.partition_count ?? null
}

const ledgerShape = z.object({
  partition: storedCount,
  first: storedCount,
  next: storedCount,
  breaks: storedCount,
  broken_end: storedCount,
  broken_resume: storedCount,
})

/** A block is to begin where the one before ends, or behind a gap that was accepted. */
const LEDGER_SQL = `
SELECT
    partition,
    min(first_offset) AS first,
    max(next_offset) AS next,
    countIf(is_break) AS breaks,
    argMinIf(previous_next_offset, block, is_break) AS broken_end,
    argMinIf(first_offset, block, is_break) AS broken_resume
FROM
(
    SELECT
        partition,
        block,
        first_offset,
        next_offset,
        lagInFrame(next_offset) OVER w AS previous_next_offset,
        row_number() OVER w > 1 AND first_offset != previous_next_offset
            AND (partition, first_offset) NOT IN
                (SELECT partition, to_offset FROM accepted_gap FINAL WHERE stream = {stream:String}) AS is_break
    FROM (SELECT * FROM block_ledger FINAL WHERE stream = {stream:String})
    WINDOW w AS (PARTITION BY partition ORDER BY block ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
GROUP BY partition`

/** How far each partition is counted, and whether without a gap. */
export async function readLedger(store: Store, stream: string): Promise<Map<number, LedgerFacts>> {
  const rows = await store.query(LEDGER_SQL, ledgerShape, { stream })
  return new Map(
    rows.map(row => {
      const brokenAt = row.breaks === 0 ? null : { endsAt: row.broken_end, resumesAt: row.broken_resume }
      return [row.partition, { firstOffset: row.first, nextOffset: row.next, brokenAt }]
    }),
  )
}

const sourceShape: z.ZodType<SourceFacts> = z
  .object({
    source: z.string(),
    missing: storedCount,
    through_ms: storedCount.nullable(),
    format: z.string(),
    has_positions: z.int(),
    gives_marks: z.int(),
    is_retired: z.int(),
    retired_reason: z.string(),
    retired_missing: storedCount,
  })
  .transform(row => ({
    source: row.source,
    throughMs: row.through_ms,
    missing: row.missing,
    format: row.format,
    identity: row.has_positions === 1 ? ('line_position' as const) : ('request_id_or_none' as const),
    givesMarks: row.gives_marks === 1,
    retired: row.is_retired === 1 ? { reason: row.retired_reason, missing: row.retired_missing } : null,
  }))

/** Where lines have positions a shipper is at work, and it gives marks, be it later. */
const SOURCES_SQL = `
SELECT
    progress.source AS source,
    progress.missing AS missing,
    toUnixTimestamp64Milli(progress.through) AS through_ms,
    progress.format AS format,
    ledger.has_positions AS has_positions,
    ledger.gives_marks AS gives_marks,
    retirement.reason != '' AND retirement.through IS NOT DISTINCT FROM progress.through AS is_retired,
    retirement.reason AS retired_reason,
    retirement.missing AS retired_missing
FROM (SELECT * FROM source_progress WHERE stream = {stream:String}) AS progress
INNER JOIN
(
    SELECT
        source,
        max(high_position) >= 0 AS has_positions,
        has_positions OR sum(marks) > 0 OR countIf(source_ledger.through IS NOT NULL) > 0 AS gives_marks
    FROM source_ledger
    WHERE stream = {stream:String}
    GROUP BY source
) AS ledger ON progress.source = ledger.source
LEFT JOIN
(
    SELECT source, reason, source_retirement.through AS through, missing
    FROM source_retirement
    WHERE stream = {stream:String}
    ORDER BY retired_at DESC
    LIMIT 1 BY source
) AS retirement ON progress.source = retirement.source
ORDER BY source`

async function readSources(store: Store, stream: string): Promise<SourceFacts[]> {
  return store.query(SOURCES_SQL, sourceShape, { stream })
}

const streamShape = z.object({ stream: z.string() })

async function readOtherStreams(
  store: Store,
  stream: string,
  startMs: number,
  endMs: number,
): Promise<string[]> {
  const sql = `
SELECT DISTINCT stream
FROM usage_rollup
WHERE stream != {stream:String}
    AND hour >= toDateTime({start:UInt32}, 'UTC') AND hour < toDateTime({end:UInt32}, 'UTC')
ORDER BY stream`
  const rows = await store.query(sql, streamShape, { stream, start: startMs / 1000, end: endMs / 1000 })
  return rows.map(row => row.stream)
}
