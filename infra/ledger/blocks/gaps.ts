import type { Store } from '../../store/store.ts'
import { type AcceptedGap, acceptedGap } from '../../store/tables/accepted-gap.ts'
import { blockLedger, type LedgerBlock } from '../../store/tables/block-ledger.ts'
import { select } from '../../store/tables/table.ts'

/** The gaps that operators have accepted, by partition, in order. */
export function readGaps(store: Store, stream: string): Promise<AcceptedGap[]> {
  const { list, shape } = select(acceptedGap)
  return store.query(
    `SELECT ${list} FROM accepted_gap FINAL WHERE stream = {stream:String} ORDER BY partition, from_offset`,
    shape,
    { stream },
  )
}

/** A gap, and what the log's own times say of it. */
export type DatedGap = Pick<AcceptedGap, 'partition' | 'fromOffset' | 'toOffset' | 'reason'> & {
  /** When the last record before it and the first behind it were appended; null: not known. */
  readonly sinceMs: number | null
  readonly untilMs: number | null
}

/** The same gaps, each with the times of the records around it. */
export async function readDatedGaps(store: Store, stream: string): Promise<DatedGap[]> {
  const gaps = await readGaps(store, stream)
  if (gaps.length === 0) return []
  const neighbours = await readNeighbours(store, stream)
  return gaps.map(({ partition, fromOffset, toOffset, reason }) => {
    const ofPartition = neighbours.filter(block => block.partition === partition)
    const before = ofPartition.find(
      block => block.nextOffset === fromOffset && block.nextOffset > block.firstOffset,
    )
    const behind = ofPartition.find(block => block.firstOffset === toOffset)
    const sinceMs = before?.lastAppendTimeMs ?? null
    return { partition, fromOffset, toOffset, reason, sinceMs, untilMs: behind?.firstAppendTimeMs ?? null }
  })
}

type Neighbour = Pick<
  LedgerBlock,
  'partition' | 'firstOffset' | 'nextOffset' | 'firstAppendTimeMs' | 'lastAppendTimeMs'
>

/** The blocks that end where a gap begins, or begin where one ends. */
function readNeighbours(store: Store, stream: string): Promise<Neighbour[]> {
  const { list, shape } = select(
    blockLedger,
    'partition',
    'firstOffset',
    'nextOffset',
    'firstAppendTimeMs',
    'lastAppendTimeMs',
  )
  const ofGaps = (offset: string) =>
    `(SELECT partition, ${offset} FROM accepted_gap FINAL WHERE stream = {stream:String})`
  return store.query(
    `SELECT ${list} FROM block_ledger FINAL
     WHERE stream = {stream:String}
       AND (
         (partition, next_offset) IN ${ofGaps('from_offset')}
         OR (partition, first_offset) IN ${ofGaps('to_offset')}
       )`,
    shape,
    { stream },
  )
}
