import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'

const count = z.coerce.number().int().nonnegative()
const progressShape = z.object({ partition: count, next_offset: count })

/** Per partition, the offset up to which counting must come: null where the log holds nothing. */
export async function readEndOffsets(log: EventLog): Promise<(number | null)[]> {
  const ends: (number | null)[] = []
  for (let partition = 0; partition < log.partitionCount; partition++) {
    const { startOffset, endOffset } = await log.bounds(partition)
    ends.push(endOffset > startOffset ? endOffset : null)
  }
  return ends
}

/** By the ledger, so that it also holds when other processes count some of the partitions. */
export async function hasCaughtUp(
  store: Store,
  stream: string,
  endOffsets: readonly (number | null)[],
): Promise<boolean> {
  const rows = await store.query(
    `SELECT partition, max(next_offset) AS next_offset FROM block_ledger
     WHERE stream = {stream:String} GROUP BY partition`,
    progressShape,
    { stream },
  )
  const nextOffsets = new Map(rows.map(row => [row.partition, row.next_offset]))
  return endOffsets.every((end, partition) => end === null || (nextOffsets.get(partition) ?? 0) >= end)
}
