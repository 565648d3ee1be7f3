import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { EventLog, OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { TimeLimits } from '@forbruk/schemas/event/log-event.ts'
import { encodeStreamLimits } from '@forbruk/schemas/wire/encode.ts'
import { DEFAULT_GEOMETRY } from '../count/block.ts'
import type { HeldLimits } from '../count/judge-time.ts'
import { registerStream } from './register-stream.ts'

/** From where the limits hold: of a stream that begins, from what is appended now, or as they did before. */
export type LimitedFrom = 'start' | 'now' | 'before'

/**
 * Has a stream counted within other limits, by a record in each partition: so they begin at the same place for every
 * process and every replay. A stream that is not counted yet begins with them. Throws what `registerStream` throws.
 */
export async function limitTimes(
  ledger: Pick<LedgerReader, 'readStream' | 'readStandings'>,
  store: Pick<Store, 'insert'>,
  log: Pick<EventLog, 'topic' | 'partitionCount' | 'append' | 'bounds'>,
  { pastMaxMs, aheadMaxMs }: TimeLimits,
): Promise<LimitedFrom> {
  const isNew = (await ledger.readStream(log.topic)) === null
  const isSame = (held: HeldLimits) => held.pastMaxMs === pastMaxMs && held.aheadMaxMs === aheadMaxMs
  // Before the limits stands a version that knows of them, which an older release does not pass.
  const begun = await registerStream(ledger, store, log, { ...DEFAULT_GEOMETRY, pastMaxMs, aheadMaxMs })
  if (isNew && isSame(begun)) return 'start'
  const standings = await ledger.readStandings(log.topic)
  const value = encodeStreamLimits({ pastMaxMs, aheadMaxMs })
  const records: OutgoingRecord[] = []
  for (let partition = 0; partition < log.partitionCount; partition++) {
    const standing = standings.get(partition)
    const { startOffset, endOffset } = await log.bounds(partition)
    // What is not counted yet may say other ones.
    const isCounted = (standing?.nextOffset ?? startOffset) >= endOffset
    if (!isCounted || !isSame(standing ?? begun)) records.push({ value, to: { partition } })
  }
  await log.append(records)
  return records.length === 0 ? 'before' : 'now'
}
