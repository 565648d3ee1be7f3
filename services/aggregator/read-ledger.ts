import type { Store } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'
import { SourceFiles } from './admit.ts'

/** What resuming needs to know of a partition: the SQL of it, and nothing else. */
export interface LedgerReader {
  /** The newest blocks of the partition's ledger, oldest first. */
  readNewestBlocks(place: Place, blocksMax: number): Promise<LedgerBlock[]>
  /** What the rollup rows of each block from `firstBlock` on add up to. */
  readRollupSums(place: Place, firstBlock: number): Promise<RollupSum[]>
  /** What was seen of each source's file before the block: the part of a fold's state that is older than its block. */
  readSources(place: Place, beforeBlock: number): Promise<SourceFiles>
}

export type Place = { readonly stream: string; readonly partition: number }

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
export type LedgerBlock = z.infer<typeof ledgerShape>

const rollupSumShape = z.object({
  block: count,
  requests: count,
  request_bytes: count,
  response_bytes: count,
})
export type RollupSum = z.infer<typeof rollupSumShape>

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
    readNewestBlocks: (place, blocksMax) => readNewestBlocks(store, place, blocksMax),
    readRollupSums: (place, firstBlock) => readRollupSums(store, place, firstBlock),
    readSources: (place, beforeBlock) => readSources(store, place, beforeBlock),
  }
}

async function readNewestBlocks(store: Store, place: Place, blocksMax: number): Promise<LedgerBlock[]> {
  const blocks = await store.query(
    `SELECT block, fold_version, first_offset, next_offset, events, requests, request_ids, request_bytes,
            response_bytes, fingerprint
     FROM block_ledger FINAL
     WHERE stream = {stream:String} AND partition = {partition:UInt32}
     ORDER BY block DESC
     LIMIT {blocksMax:UInt32}`,
    ledgerShape,
    { ...place, blocksMax },
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
