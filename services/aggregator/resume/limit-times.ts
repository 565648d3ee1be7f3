import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { TimeLimits } from '@forbruk/schemas/event/log-event.ts'
import { encodeStreamLimits } from '@forbruk/schemas/wire/encode.ts'
import { DEFAULT_GEOMETRY } from '../count/block.ts'
import { appendStreamRecords, type StreamRecordBytes } from './append-stream-records.ts'
import { registerStream } from './register-stream.ts'

/**
 * Has a stream counted within other limits, by a record in each partition: so they begin at the same place for every
 * process and every replay. Answers in how many partitions that was new. Throws what `registerStream` throws.
 */
export async function limitTimes(
  ledger: Pick<LedgerReader, 'readStream' | 'readStandings' | 'readGrowths'>,
  store: Pick<Store, 'insert'>,
  log: Pick<EventLog, 'topic' | 'partitionCount' | 'append' | 'bounds'>,
  { pastMaxMs, aheadMaxMs }: TimeLimits,
): Promise<number> {
  // Before the limits stands a version that knows of them, which an older release does not pass.
  const { partitionCount, ofNewPartition } = await registerStream(ledger, store, log, DEFAULT_GEOMETRY)
  const standings = await ledger.readStandings(log.topic)
  const value = encodeStreamLimits({ pastMaxMs, aheadMaxMs })
  const records: StreamRecordBytes[] = []
  for (let partition = 0; partition < partitionCount; partition++) {
    const standing = standings.get(partition)
    const held = standing ?? ofNewPartition(partition)
    const { startOffset, endOffset } = await log.bounds(partition)
    // What is not counted yet may say other ones.
    const isCounted = (standing?.nextOffset ?? startOffset) >= endOffset
    const isSame = held.pastMaxMs === pastMaxMs && held.aheadMaxMs === aheadMaxMs
    if (!isCounted || !isSame) records.push({ partition, value })
  }
  await appendStreamRecords(log, records)
  return records.length
}
