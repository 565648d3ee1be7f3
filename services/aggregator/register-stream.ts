import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { type Store, StoreError } from '@forbruk/infra/store/store.ts'
import { FOLD_VERSION, type StreamGeometry } from './block.ts'
import type { LedgerReader } from './read-ledger.ts'

/**
 * The geometry that a stream is counted with: the stored one, or `ofNewStream`, which is stored with a stream that was
 * never counted. Throws StoreError when the log's partitions or the fold's rules are not those of the stored stream:
 * the same log would give other rows beside the old ones.
 */
export async function registerStream(
  ledger: Pick<LedgerReader, 'readStream'>,
  store: Pick<Store, 'insert'>,
  log: Pick<EventLog, 'topic' | 'partitionCount'>,
  ofNewStream: StreamGeometry,
): Promise<StreamGeometry> {
  const ours = { partition_count: log.partitionCount, fold_version: FOLD_VERSION }
  const stored = await ledger.readStream(log.topic)
  if (stored === null) {
    const { blockSize, windowSize } = ofNewStream
    const row = { stream: log.topic, ...ours, block_size: blockSize, window_size: windowSize }
    await store.insert('stream', [row])
    return ofNewStream
  }
  for (const key of ['partition_count', 'fold_version'] as const) {
    if (stored[key] === ours[key]) continue
    throw new StoreError(
      `the stream ${log.topic} was counted with ${key} ${stored[key]}, and now it is ${ours[key]}: its figures would ` +
        `not be comparable. Go back to ${stored[key]}, or count under another topic name or into an empty store.`,
      'STREAM_CHANGED',
    )
  }
  return { blockSize: stored.block_size, windowSize: stored.window_size }
}
