import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { Offsets } from '@forbruk/infra/ledger/recognition/recognition.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { behindGaps } from '../resume/resume.ts'
import { BLOCKS_VERIFIED, chooseVerified, findDiffering } from '../resume/verify-blocks.ts'

/** Per partition, the offset up to which counting must come: null where the log holds nothing. */
type EndOffsets = readonly (number | null)[]

export async function readEndOffsets(
  log: Pick<EventLog, 'bounds'>,
  partitionCount: number,
): Promise<EndOffsets> {
  const ends: (number | null)[] = []
  for (let partition = 0; partition < partitionCount; partition++) {
    const { startOffset, endOffset } = await log.bounds(partition)
    ends.push(endOffset > startOffset ? endOffset : null)
  }
  return ends
}

/**
 * By the ledger, so that it also holds when other processes count some of the partitions; and by the rows it vouches
 * for, since those that a power loss took are written again only once their block has been folded again.
 */
export async function hasCaughtUp(
  ledger: LedgerReader,
  stream: string,
  endOffsets: EndOffsets,
): Promise<boolean> {
  const standings = await ledger.readStandings(stream)
  const isCounted = endOffsets.every(
    (end, partition) => end === null || (standings.get(partition)?.nextOffset ?? 0) >= end,
  )
  if (!isCounted) return false
  for (const [partition, end] of endOffsets.entries()) {
    if (end !== null && !(await addsUp(ledger, { stream, partition }))) return false
  }
  return true
}

/** Whether repeated request ids are settled up to there. */
export function hasReached(settled: Offsets | null, endOffsets: EndOffsets): boolean {
  return (
    settled !== null && endOffsets.every((end, partition) => end === null || (settled[partition] ?? 0) >= end)
  )
}

async function addsUp(ledger: LedgerReader, place: { stream: string; partition: number }): Promise<boolean> {
  const all = await ledger.readNewestBlocks(place, BLOCKS_VERIFIED)
  const blocks = chooseVerified(behindGaps(all, await ledger.readGaps(place)).blocks)
  const sums = await ledger.readSumsFrom(place, blocks.at(0)?.firstOffset ?? 0)
  // What is kept of request ids is looked at when repeated ones are settled.
  return findDiffering(blocks, { sums, identities: [] }) === undefined
}
