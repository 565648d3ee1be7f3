import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { SignRecord } from '@forbruk/schemas/wire/sign-record.ts'

/** What a partition's log is to say about how it is counted from there on. */
export type Control = { readonly partition: number; readonly payload: Buffer }

type ControlParts = {
  readonly ledger: Pick<LedgerReader, 'readStandings'>
  readonly log: Pick<EventLog, 'topic' | 'append'>
  /** With the stream's key: see infra/ledger/blocks/stream-key.ts. */
  readonly sign: SignRecord
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/**
 * The one place where words on how a stream is counted are written: each signed, under a number above that of the last
 * one that holds. Where it stands in the log is what orders it. Throws what signing, the ledger and the log throw.
 */
export async function appendControls(
  { ledger, log, sign, clock }: ControlParts,
  controls: readonly Control[],
): Promise<void> {
  if (controls.length === 0) return
  const standings = await ledger.readStandings(log.topic)
  const said = new Map<number, number>()
  // By the clock, so that a word that is not counted yet has the lower number; and each above the one before it.
  const sequenceOf = (partition: number) => {
    const last = said.get(partition) ?? standings.get(partition)?.controlSequence ?? 0
    const sequence = Math.max(clock(), last + 1)
    said.set(partition, sequence)
    return sequence
  }
  await log.append(
    controls.map(({ partition, payload }) => ({
      value: sign({ stream: log.topic, partition }, sequenceOf(partition), payload),
      to: { partition },
    })),
  )
}
