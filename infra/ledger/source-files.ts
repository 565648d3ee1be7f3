import type { Store } from '../store/store.ts'
import { type SourceRow, sourceLedger } from '../store/tables/source-ledger.ts'
import { select } from '../store/tables/table.ts'
import type { Place } from './blocks.ts'

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
