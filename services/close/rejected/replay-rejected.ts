import { readStreamKey } from '@forbruk/infra/ledger/blocks/stream-key.ts'
import { placeOfBlock, withdrawFolds } from '@forbruk/infra/ledger/rejected/fold-turns.ts'
import { choosePartition } from '@forbruk/infra/log/choose-partition.ts'
import type { EventLog, LogRecord } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { GatewayFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import type { SignRecord } from '@forbruk/schemas/wire/sign-record.ts'
import { buildMended, type Mend } from './build-mended.ts'
import {
  type Coordinates,
  explainFolded,
  isKeptSum,
  RejectedEventError,
  showCoordinates,
} from './coordinates.ts'
import { findRejected, type RejectedEvent } from './find-rejected.ts'
import { type Intent, putIntents, putSent } from './mend-rows.ts'

/** As many as are held in memory at a time. */
const MENDS_MAX = 10_000

type ReplayOptions = {
  readonly store: Store
  readonly log: EventLog
  readonly mends: readonly { readonly at: Coordinates; readonly mend: Mend }[]
  /** How the lines of a source are read. */
  readonly formatOf: (source: string) => GatewayFormat
  readonly reason: string
  readonly actor: string
  /** Says how many would be sent, and sends none. */
  readonly isTrial?: boolean
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

type Replayed = {
  readonly sent: number
  /** Sent by an earlier replay, which is the one that holds; or a copy of one that was sent. */
  readonly before: number
}

/**
 * Sends mended rejected events again, as new requests. Their identity is the id that their gateway made, where they
 * have one that is vouched for, as it is of the requests that were read at once: so copies of a line count once. Else
 * it is made of where the rejected event stands, so that a second replay is a duplicate; and it is no line position,
 * which the lines since would have passed.
 *
 * What is to be sent is recorded first, once, and where the log has it last: a replay that broke off is completed by
 * the next, which looks in the log before it sends, however long that is ago. Nothing is sent when any mend is
 * wrong: throws RejectedEventError.
 */
export async function replayRejected(options: ReplayOptions): Promise<Replayed> {
  const { store, log, mends } = options
  if (mends.length > MENDS_MAX) {
    throw new RejectedEventError(`${mends.length} events to mend; expected at most ${MENDS_MAX} at a time`)
  }
  const events = await findRejected(
    store,
    log.topic,
    mends.map(({ at }) => at),
  )
  const todo = events.filter(event => event.state !== 'mended')
  const sign = await openSigner(options)
  const wanted = await makeIntents(options, todo)
  if (options.isTrial) {
    const sent = todo.filter(({ state }) => state !== 'mending').length
    return { sent, before: events.length - sent }
  }
  const intents = await recordIntents(options, wanted)
  await refuseFolded(options, todo)
  const isSent = await findInLog(log, intents)
  // Copies of one request share its id.
  const unsent = [...new Map(intents.map(intent => [intent.requestId, intent])).values()].filter(
    intent => !isSent.has(intent.requestId),
  )
  await log.append(
    unsent.map(({ event, toPartition: partition }) => {
      const value = encodeRequest(event)
      const isVouched = event.timeVouched === true
      const place = { stream: log.topic, partition }
      return { value: isVouched ? sign(place, 0, value) : value, to: { partition } }
    }),
  )
  const offsets = await findInLog(log, intents)
  const sent = intents.map(intent => ({ ...intent, fromOffset: offsetOf(intent, offsets) }))
  await putSent(store, log.topic, sent, options.clock())
  return { sent: unsent.length, before: events.length - unsent.length }
}

function offsetOf({ at, requestId, toPartition }: Intent, offsets: ReadonlyMap<string, number>): number {
  const offset = offsets.get(requestId)
  if (offset !== undefined) return offset
  throw new RejectedEventError(
    `the mend of ${showCoordinates(at)} was sent to partition ${toPartition}, ` +
      'but is not found there; replay it again',
  )
}

/** A vouched time holds on the word of whoever holds the stream's key: anybody may write to its topic. */
async function openSigner({ store, log, mends }: ReplayOptions): Promise<SignRecord> {
  const key = await readStreamKey(store, log.topic)
  if (key !== null) return key.sign
  const refuse = () => {
    throw new RejectedEventError(
      `the stream ${log.topic} has no key yet, and a vouched time is signed: run forbruk aggregate first`,
    )
  }
  return mends.some(({ mend }) => mend.timeVouched) ? refuse() : refuse
}

/** All of them before the first is recorded: a wrong one must not leave half of the others behind. */
async function makeIntents(
  { log, mends, formatOf }: ReplayOptions,
  events: readonly RejectedEvent[],
): Promise<readonly Intent[]> {
  const mendBy = new Map(mends.map(({ at, mend }) => [showCoordinates(at), mend]))
  const values = await readRecords(log, events)
  const ends = await Promise.all(
    Array.from({ length: log.partitionCount }, (_, partition) => log.bounds(partition)),
  )
  return events.map(event => {
    const place = showCoordinates(event)
    const mend = mendBy.get(place)
    if (mend === undefined) throw new Error(`no mend for ${place}, which was asked for`)
    if (event.events > 1 || isKeptSum(event)) throw explainSum(event)
    const measured = buildMended(event, values.get(place) ?? null, mend, () => formatOf(event.source))
    const requestId = measured.requestId ?? `mended:${event.partition}:${event.offset}:${event.eventIndex}`
    const toPartition = choosePartition(measured.clientId, log.partitionCount)
    const at: Coordinates = event
    const { clientId, integrationId, timeMs, status, requestBytes, responseBytes, timeVouched } = measured
    const sums = { clientId, integrationId, timeMs, status, requestBytes, responseBytes }
    const vouched = timeVouched ? { timeVouched } : {}
    const identity = { kind: 'request_id', id: requestId } as const
    const fromOffset = ends[toPartition]?.endOffset ?? 0
    return {
      at,
      requestId,
      toPartition,
      fromOffset,
      event: { kind: 'request', source: event.source, identity, ...sums, ...vouched } as const,
    }
  })
}

async function recordIntents(
  { store, log, reason, actor, clock }: ReplayOptions,
  wanted: readonly Intent[],
): Promise<readonly Intent[]> {
  const held = await putIntents(store, log.topic, wanted, { reason, actor, mendedAtMs: clock() })
  return wanted.map(intent => held.get(showCoordinates(intent.at)) ?? intent)
}

/**
 * Between the look at the events and what was recorded for them their block may have been added up: then that holds for
 * nothing, and their sum says what they were.
 */
async function refuseFolded(
  { store, log, clock }: ReplayOptions,
  events: readonly RejectedEvent[],
): Promise<void> {
  const kept = await withdrawFolds(store, log.topic, events, clock())
  const late = events.filter(event => kept.has(placeOfBlock(event)))
  if (late.length > 0) throw explainFolded(late)
}

/** Nobody has seen what its events say, and one mend is not for all of them. */
function explainSum(event: RejectedEvent): RejectedEventError {
  return new RejectedEventError(
    `rejected event ${showCoordinates(event)} is the sum of ${event.events} events, which can't be ` +
      'mended here: have their producer send them again, right, each with a request id of its own, and waive the sum',
  )
}

/** The records in which the events were rejected, by place. */
export async function readRecords(
  log: EventLog,
  events: readonly Coordinates[],
): Promise<Map<string, Buffer | null>> {
  const values = new Map<string, Buffer | null>()
  for (const [partition, ofPartition] of Map.groupBy(events, event => event.partition)) {
    const byOffset = Map.groupBy(ofPartition, event => event.offset)
    const offsets = [...byOffset.keys()]
    await scan(log, partition, Math.min(...offsets), Math.max(...offsets) + 1, record => {
      for (const event of byOffset.get(record.offset) ?? []) values.set(showCoordinates(event), record.value)
    })
  }
  return values
}

/** The first offset of each mended request that the log has. */
async function findInLog(log: EventLog, intents: readonly Intent[]): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const [partition, ofPartition] of Map.groupBy(intents, intent => intent.toPartition)) {
    const ids = new Set(ofPartition.map(intent => intent.requestId))
    const fromOffset = Math.min(...ofPartition.map(intent => intent.fromOffset))
    const { endOffset } = await log.bounds(partition)
    await scan(log, partition, fromOffset, endOffset, record => {
      for (const decoded of decodeRecord(record.value)) {
        const event = decoded.kind === 'signed' ? decoded.event : decoded
        if (event.kind !== 'request' || event.identity.kind !== 'request_id') continue
        const { id } = event.identity
        if (ids.has(id) && !found.has(id)) found.set(id, record.offset)
      }
    })
  }
  return found
}

async function scan(
  log: EventLog,
  partition: number,
  fromOffset: number,
  toOffset: number,
  onRecord: (record: LogRecord) => void,
): Promise<void> {
  if (fromOffset >= toOffset) return
  for await (const batch of log.read(partition, fromOffset, toOffset)) batch.records.forEach(onRecord)
}
