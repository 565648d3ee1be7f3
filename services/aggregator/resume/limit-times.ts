import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { TimeLimits } from '@forbruk/schemas/event/log-event.ts'
import { encodeStreamLimits } from '@forbruk/schemas/wire/encode.ts'
import type { SignRecord } from '@forbruk/schemas/wire/sign-record.ts'
import { DEFAULT_GEOMETRY } from '../count/block.ts'
import { appendControls, type Control } from './append-controls.ts'
import { registerStream } from './register-stream.ts'

type LimitParts = {
  readonly ledger: Pick<LedgerReader, 'readStream' | 'readStandings'>
  readonly store: Pick<Store, 'insert'>
  readonly log: Pick<EventLog, 'topic' | 'partitionCount' | 'append' | 'bounds'>
  readonly openKey: () => Promise<{ readonly sign: SignRecord }>
  readonly clock: () => number
}

/**
 * Has a stream counted within other limits, by a signed record in each partition: so they begin at the same place for
 * every process and every replay. Answers in how many partitions that was new. Throws what `registerStream` throws.
 */
export async function limitTimes(parts: LimitParts, { pastMaxMs, aheadMaxMs }: TimeLimits): Promise<number> {
  const { ledger, log } = parts
  // Before the limits stands a version that knows of them, which an older release does not pass.
  const begun = await registerStream(parts, DEFAULT_GEOMETRY)
  const standings = await ledger.readStandings(log.topic)
  const payload = encodeStreamLimits({ pastMaxMs, aheadMaxMs })
  const controls: Control[] = []
  for (let partition = 0; partition < log.partitionCount; partition++) {
    const standing = standings.get(partition)
    const held = standing ?? begun
    const { startOffset, endOffset } = await log.bounds(partition)
    // What is not counted yet may say other ones.
    const isCounted = (standing?.nextOffset ?? startOffset) >= endOffset
    const isSame = held.pastMaxMs === pastMaxMs && held.aheadMaxMs === aheadMaxMs
    if (!isCounted || !isSame) controls.push({ partition, payload })
  }
  const { sign } = await parts.openKey()
  await appendControls({ ...parts, sign }, controls)
  return controls.length
}
