import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { type Store, StoreError } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'
import { BLOCK_SIZE, FOLD_VERSION, WINDOW_SIZE } from './block.ts'

const streamShape = z.object({
  partition_count: z.number(),
  block_size: z.number(),
  window_size: z.number(),
  fold_version: z.number(),
})

/**
 * Stores what never changes under a stream, or compares with it: with another block size, window or number of
 * partitions the same log would give other rows beside the old ones.
 */
export async function registerStream(store: Store, log: EventLog): Promise<void> {
  const ours = {
    partition_count: log.partitionCount,
    block_size: BLOCK_SIZE,
    window_size: WINDOW_SIZE,
    fold_version: FOLD_VERSION,
  }
  const [stored] = await store.query(
    'SELECT partition_count, block_size, window_size, fold_version FROM stream FINAL WHERE stream = {stream:String}',
    streamShape,
    { stream: log.topic },
  )
  if (stored === undefined) {
    await store.insert('stream', [{ stream: log.topic, ...ours }])
    return
  }
  for (const key of ['partition_count', 'block_size', 'window_size', 'fold_version'] as const) {
    if (stored[key] === ours[key]) continue
    throw new StoreError(
      `the stream ${log.topic} was counted with ${key} ${stored[key]}, and now it is ${ours[key]}: its figures would ` +
        `not be comparable. Go back to ${stored[key]}, or count under another topic name or into an empty store.`,
      'STREAM_CHANGED',
    )
  }
}
