import type { Store } from '../../store/store.ts'
import { safeInteger, text } from '../../store/tables/codec.ts'
import { type SourceRow, sourceLedger } from '../../store/tables/source-ledger.ts'
import { select, shapeOf } from '../../store/tables/table.ts'
import type { Place } from '../blocks/blocks.ts'

const SEEN = [
  'source',
  'file',
  'highPosition',
  'eventsSoFar',
  'markPosition',
  'markEventsTotal',
  'eventsAtMark',
  'throughMs',
  'format',
  'obstacles',
  'obstaclesTotal',
  'instances',
] as const

/** What a partition has seen of one source's file. */
export type SeenFile = Pick<SourceRow, (typeof SEEN)[number]>

/**
 * What was seen of each source's file before the block: the part of a fold's state that is older than its block. The
 * newest row of a file holds all that was seen of it.
 */
export function readSeenFiles(store: Store, place: Place, beforeBlock: number): Promise<SeenFile[]> {
  const { list, shape } = select(sourceLedger, ...SEEN)
  return store.query(
    `SELECT ${list} FROM source_ledger FINAL
     WHERE stream = {stream:String} AND partition = {partition:UInt32} AND block < {beforeBlock:UInt64}
     ORDER BY block DESC LIMIT 1 BY source, file`,
    shape,
    { ...place, beforeBlock },
  )
}

/**
 * By file of a source, the highest position that any partition has counted an event of, or a mark: everything below
 * was shipped, and is counted as far as each partition is. -1 of a file of which nothing tells.
 */
export async function readFilePositions(
  store: Store,
  stream: string,
  source: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await store.query(
    `SELECT file, max(greatest(high_position, toInt64(mark_position))) AS position FROM source_ledger
     WHERE stream = {stream:String} AND source = {source:String} AND file != '' GROUP BY file`,
    shapeOf({ file: text, position: safeInteger }),
    { stream, source },
  )
  return new Map(rows.map(({ file, position }) => [file, position]))
}
