import { setTimeout } from 'node:timers/promises'
import type { EventLog, OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import type { EventMaker, MadeRecord } from './make-events.ts'
import type { Oracle } from './oracle.ts'

const EVENTS_PER_BATCH = 250
const RETRY_MS = 500
const OUTAGE_MAX_MS = 180_000

type Production = {
  readonly log: EventLog
  /** Of a second shipper, which sends some of what the first has sent, as one does that reads the same files. */
  readonly second: EventLog | null
  readonly maker: EventMaker
  readonly oracle: Oracle
  /** Events per second; asked for each batch. */
  readonly pace: () => number
}

/** Sends every event at the pace that is asked for, in order, each batch until the log has acknowledged it. */
export async function produce({ log, second, maker, oracle, pace }: Production): Promise<void> {
  let dueMs = performance.now()
  let again: Promise<void> | null = null
  while (!maker.isDone) {
    const made: MadeRecord[] = []
    for (let event = 0; event < EVENTS_PER_BATCH && !maker.isDone; event++) made.push(...maker.next())
    await send(log, made, oracle)
    if (second !== null) {
      const records = made.filter(isLine).map(({ outgoing }) => outgoing)
      again ??= appendUntilAcknowledged(second, records).finally(() => {
        again = null
      })
      again.catch(() => undefined)
    }
    if (maker.isDone) break
    const intervalMs = (EVENTS_PER_BATCH / pace()) * 1_000
    dueMs = Math.max(dueMs + intervalMs, performance.now() - intervalMs)
    await setTimeout(Math.max(0, dueMs - performance.now()))
  }
  await again
}

/** A shipper's: what gateways send by themselves has no second sender, and is forgotten after a while. */
function isLine({ outgoing, meaning }: MadeRecord): boolean {
  // When the topic has grown, what was rejected is forgotten as well.
  if (meaning.kind === 'rejected') return false
  const [event] = decodeRecord(outgoing.value)
  return event?.kind === 'request' && event.identity.kind === 'position'
}

export async function send(log: EventLog, made: readonly MadeRecord[], oracle: Oracle): Promise<void> {
  await appendUntilAcknowledged(
    log,
    made.map(({ outgoing }) => outgoing),
  )
  for (const { meaning } of made) oracle.add(meaning)
}

/** The same records in the same order, as the shipper does. */
export async function appendUntilAcknowledged(
  log: EventLog,
  records: readonly OutgoingRecord[],
): Promise<void> {
  const deadlineMs = performance.now() + OUTAGE_MAX_MS
  for (;;) {
    try {
      await log.append(records)
      return
    } catch (error) {
      if (performance.now() > deadlineMs) throw error
      await setTimeout(RETRY_MS)
    }
  }
}
