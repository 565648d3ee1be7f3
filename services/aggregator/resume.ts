import type { EventLog, LogBounds } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'
import { SourceFiles } from './admit.ts'
import { BLOCK_SIZE, blockEnd, blockStart, FOLD_VERSION, WINDOW_SIZE } from './block.ts'
import type { ResumePoint } from './partition-fold.ts'

/** After a power loss only the newest blocks can have lost rows that the ledger vouches for. */
const BLOCKS_VERIFIED = 4

const count = z.coerce.number().int().nonnegative()

const ledgerShape = z.object({
  block: count,
  fold_version: count,
  first_offset: count,
  next_offset: count,
  events: count,
  requests: count,
  request_ids: count,
  request_bytes: count,
  response_bytes: count,
  fingerprint: z.coerce.bigint(),
})
type LedgerBlock = z.infer<typeof ledgerShape>

const rollupSumShape = z.object({
  block: count,
  requests: count,
  request_bytes: count,
  response_bytes: count,
})
type RollupSum = z.infer<typeof rollupSumShape>

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

export type Resume = { readonly point: ResumePoint; readonly readFromOffset: number }

/**
 * Where to go on with a partition, by the ledger alone: at the start of its open block, or of the first of the newest
 * blocks whose rollup rows don't add up to their ledger row.
 */
export async function resumePartition(store: Store, log: EventLog, partition: number): Promise<Resume> {
  const place = { stream: log.topic, partition }
  const bounds = await log.bounds(partition)
  const blocks = await readNewestBlocks(store, place)
  const sums = await readRollupSums(store, place, blocks.at(0)?.block ?? 0)
  const foldFromOffset = chooseFoldStart(blocks, sums, bounds)
  const readFromOffset = chooseReadStart(blocks, foldFromOffset)
  assertLogHolds(place, bounds, readFromOffset, blocks.at(-1)?.next_offset ?? readFromOffset)
  const sources = await readSources(store, place, Math.floor(foldFromOffset / BLOCK_SIZE))
  const stored = new Map(
    blocks
      .filter(block => block.first_offset >= foldFromOffset && block.fold_version === FOLD_VERSION)
      .map(block => [
        block.block,
        { nextOffset: block.next_offset, events: block.events, fingerprint: block.fingerprint },
      ]),
  )
  return { point: { ...place, foldFromOffset, sources, stored }, readFromOffset }
}

/** Pure: `blocks` are the newest ones in order, at most a few. */
export function chooseFoldStart(
  blocks: readonly LedgerBlock[],
  sums: readonly RollupSum[],
  bounds: LogBounds,
): number {
  const differing = blocks.find(block => !addsUp(block, sums))
  if (differing !== undefined) return differing.first_offset
  const newest = blocks.at(-1)
  if (newest === undefined) return bounds.startOffset
  const complete = newest.next_offset === blockEnd(newest.block)
  return complete ? newest.next_offset : newest.first_offset
}

/** The window is read only where there is something to remember: line positions need none. */
export function chooseReadStart(
  blocks: readonly Pick<LedgerBlock, 'request_ids' | 'first_offset' | 'next_offset'>[],
  foldFromOffset: number,
): number {
  const windowStart = foldFromOffset - WINDOW_SIZE
  const remembered = blocks.filter(
    block => block.request_ids > 0 && block.next_offset > windowStart && block.first_offset < foldFromOffset,
  )
  const oldest = remembered.at(0)
  return oldest === undefined ? foldFromOffset : Math.max(windowStart, oldest.first_offset)
}

function addsUp(block: LedgerBlock, sums: readonly RollupSum[]): boolean {
  const sum = sums.find(candidate => candidate.block === block.block)
  return (
    block.requests === (sum?.requests ?? 0) &&
    block.request_bytes === (sum?.request_bytes ?? 0) &&
    block.response_bytes === (sum?.response_bytes ?? 0)
  )
}

type Place = { readonly stream: string; readonly partition: number }

function assertLogHolds(place: Place, bounds: LogBounds, readFromOffset: number, knownOffset: number): void {
  const where = `partition ${place.partition} of ${place.stream}`
  if (bounds.endOffset < knownOffset) {
    throw new LogGapError(
      `${where} ends at offset ${bounds.endOffset}, but the ledger has counted up to ${knownOffset}: offsets ` +
        `${bounds.endOffset} to ${knownOffset - 1} are gone. Was the topic re-created? Restore it, or count the new ` +
        `one under another topic name.`,
    )
  }
  if (bounds.startOffset > readFromOffset) {
    throw new LogGapError(
      `${where} begins at offset ${bounds.startOffset}, but counting must go on from ${readFromOffset}: offsets ` +
        `${readFromOffset} to ${bounds.startOffset - 1} were deleted by the topic's retention before the block at ` +
        `${blockStart(Math.floor(readFromOffset / BLOCK_SIZE))} was complete. Restore them; nothing was counted wrongly.`,
    )
  }
}

/** The log no longer holds what counting needs; the message names the offsets. */
export class LogGapError extends Error {
  override name = 'LogGapError'
}

async function readNewestBlocks(store: Store, place: Place): Promise<LedgerBlock[]> {
  const blocks = await store.query(
    `SELECT block, fold_version, first_offset, next_offset, events, requests, request_ids, request_bytes,
            response_bytes, fingerprint
     FROM block_ledger FINAL
     WHERE stream = {stream:String} AND partition = {partition:UInt32}
     ORDER BY block DESC
     LIMIT ${BLOCKS_VERIFIED}`,
    ledgerShape,
    place,
  )
  return blocks.reverse()
}

function readRollupSums(store: Store, place: Place, firstBlock: number): Promise<RollupSum[]> {
  return store.query(
    `SELECT block, sum(requests) AS requests, sum(request_bytes) AS request_bytes,
            sum(response_bytes) AS response_bytes
     FROM (SELECT block, requests, request_bytes, response_bytes, stream, partition FROM usage_rollup FINAL)
     WHERE stream = {stream:String} AND partition = {partition:UInt32} AND block >= {firstBlock:UInt64}
     GROUP BY block`,
    rollupSumShape,
    { ...place, firstBlock },
  )
}

/** What was seen of each source's file before the block: the part of a fold's state that is older than its block. */
export async function readSources(store: Store, place: Place, beforeBlock: number): Promise<SourceFiles> {
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
