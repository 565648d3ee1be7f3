import type { IdentityPlace } from '@forbruk/infra/ledger/recognition/recognition.ts'
import { type EventLog, type LogRecord, UnreadableRecordsError } from '@forbruk/infra/log/event-log.ts'
import type { RepeatedRequest } from '@forbruk/infra/store/tables/repeated-request.ts'
import type { LogEvent, RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import { decodeRecord, type UndecodableEvent } from '@forbruk/schemas/wire/decode.ts'
import { LogContradictsLedgerError } from '../count/block-proof.ts'
import { classifyStatus } from '../count/classify-status.ts'
import { type hashOrigin, type KeptOrigin, nameRequest } from '../count/hash-identity.ts'
import { describePartition } from '../count/log-gap.ts'
import { mergeRanges } from './merge-ranges.ts'

const HOUR_MS = 3_600_000
/** Identities are kept since this version, and its classes hold in every version since. */
const CLASSES_OF_VERSION = 2
/** Read in a tenth of a second; on Kafka to begin anew takes seconds. */
const OFFSETS_APART_MAX = 2 ** 16

type ReadParts = {
  readonly log: Pick<EventLog, 'topic' | 'bounds' | 'read'>
  /** As the store has it. */
  readonly hashOrigin: typeof hashOrigin
}

/**
 * What the log has at the places; those that it has deleted, or that nobody can read any more, are left out. Breaks off
 * when `signal` aborts. Throws LogContradictsLedgerError where something else stands, and EventLogError when the log
 * can't be read.
 */
export async function* readOccurrences(
  parts: ReadParts,
  places: readonly IdentityPlace[],
  signal: AbortSignal,
): AsyncGenerator<RepeatedRequest> {
  for (const partition of new Set(places.map(place => place.partition))) {
    const { startOffset } = await parts.log.bounds(partition)
    const wanted = places.filter(place => place.partition === partition && place.offset >= startOffset)
    const byOffset = Map.groupBy(wanted, place => place.offset)
    for (const { fromOffset, toOffset } of mergeRanges([...byOffset.keys()], OFFSETS_APART_MAX)) {
      for await (const record of readReadable(parts.log, partition, fromOffset, toOffset)) {
        if (signal.aborted) return
        for (const place of byOffset.get(record.offset) ?? []) yield toOccurrence(parts, place, record)
      }
    }
  }
}

/** A damaged batch between two places, counted or given up, must not keep the ids behind it from being settled. */
async function* readReadable(
  log: ReadParts['log'],
  partition: number,
  fromOffset: number,
  toOffset: number,
): AsyncGenerator<LogRecord> {
  for (let next = fromOffset; next < toOffset; ) {
    try {
      for await (const { records } of log.read(partition, next, toOffset)) yield* records
      return
    } catch (error) {
      if (!(error instanceof UnreadableRecordsError)) throw error
      next = error.toOffset
    }
  }
}

function toOccurrence(
  { log, hashOrigin }: ReadParts,
  place: IdentityPlace,
  { value, appendTimeMs }: LogRecord,
): RepeatedRequest {
  const decoded = decodeRecord(value)[place.eventIndex]
  // It was counted, so somebody has looked at the signature.
  const event = decoded?.kind === 'signed' ? decoded.event : decoded
  const { partition, offset, eventIndex, hourMs } = place
  if (event === undefined || !isAt(event, place, hashOrigin)) {
    throw new LogContradictsLedgerError(
      `${describePartition({ partition, stream: log.topic })}, offset ${offset}: event ${eventIndex} is not the ` +
        `request of ${new Date(hourMs).toISOString()} whose id was counted there. An offset's content never changes, ` +
        'so this is another log than the one that was counted: was the topic re-created?',
    )
  }
  return {
    ...place,
    stream: log.topic,
    requestId: nameRequest(event),
    appendTimeMs,
    source: event.source,
    clientId: event.clientId,
    integrationId: event.integrationId,
    statusClass: STATUS_CLASSES[classifyStatus(event.status, CLASSES_OF_VERSION)] ?? '0xx',
    requestBytes: event.requestBytes,
    responseBytes: event.responseBytes,
    isKnown: true,
  }
}

type IdentifiedRequest = RequestEvent & KeptOrigin

function isAt(
  event: LogEvent | UndecodableEvent,
  { hourMs, idHash }: IdentityPlace,
  hashOrigin: ReadParts['hashOrigin'],
): event is IdentifiedRequest {
  return (
    event.kind === 'request' &&
    event.identity.kind !== 'none' &&
    Math.floor(event.timeMs / HOUR_MS) * HOUR_MS === hourMs &&
    hashOrigin({ source: event.source, identity: event.identity }) === idHash
  )
}
