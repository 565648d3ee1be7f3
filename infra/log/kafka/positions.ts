import type { Batch, KafkaMessage } from 'kafkajs'
import { EventLogError, type LogRecord, type RecordBatch, UnreadableRecordsError } from '../event-log.ts'
import { packedRecordsOf } from './pack-record-batches.ts'
import { type DamagedRecords, type PackedRecords, unpackRecords } from './record-batch.ts'
import { toOffset } from './topic.ts'

/** What kafkajs fetched: everything that the partition holds in [fetchedFrom, nextOffset). */
export type FetchedRange = {
  readonly fetchedFrom: number
  readonly nextOffset: number
  /** Whose word the records' times are: the log's alone, or that of senders as well. */
  readonly times: 'of log' | 'of anybody'
}

export function fetchedRange(batch: Batch, times: FetchedRange['times']): FetchedRange {
  return { fetchedFrom: fetchedFrom(batch), nextOffset: toOffset(batch.lastOffset()) + 1, times }
}

/**
 * The offset that was asked for. The first record may be above it when control records lie between; only this tells
 * such a gap from a fetch that began elsewhere. kafkajs doesn't declare it.
 */
function fetchedFrom(batch: Batch): number {
  if ('fetchedOffset' in batch && typeof batch.fetchedOffset === 'string')
    return toOffset(batch.fetchedOffset)
  throw new EventLogError('This release of kafkajs does not tell where a fetch began: expected 2.2.4.')
}

/** What a fetch gave: records, and where they end because what follows can't be read. */
type Fetched = { readonly batch: RecordBatch; readonly unreadable: UnreadableRecordsError | null }

/** The records from where the fetch began: the broker sends whole batches, which may begin before it. */
export function toRecordBatch(batch: Batch, { fetchedFrom, nextOffset, times }: FetchedRange): Fetched {
  const records: LogRecord[] = []
  const { topic, partition } = batch
  const endOffset = Math.max(toOffset(batch.highWatermark), nextOffset)
  for (const message of batch.messages) {
    const packed = packedRecordsOf(message)
    const count = records.length
    const unread =
      times === 'of log' && hasSendersTimes(message, packed)
        ? SENDERS_TIMES
        : takeRecords(message, packed, fetchedFrom, records)
    if (unread === null) continue
    const { baseOffset, lastOffset } = packed ?? rangeOf(message)
    const fromOffset = Math.max(fetchedFrom, baseOffset)
    const range = { fromOffset, toOffset: lastOffset + 1 }
    return {
      batch: { partition, records: records.slice(0, count), nextOffset: fromOffset, endOffset },
      unreadable: new UnreadableRecordsError({ topic, partition, ...range }, unread),
    }
  }
  return { batch: { partition, records, nextOffset, endOffset }, unreadable: null }
}

const SENDERS_TIMES =
  "their times are their senders' own, since they came while the topic had message.timestamp.type=CreateTime, and " +
  'nobody knows when the log took them. Copy them to the end of the topic, where each counts once, or count a topic ' +
  'that has none.'

/** The setting is of what comes: what a topic took before it was mended stays as it is. */
function hasSendersTimes(message: KafkaMessage, packed: PackedRecords | DamagedRecords | null): boolean {
  if (packed !== null) return !('damage' in packed) && packed.appendTimeMs === null
  return contextOf(message)?.timestampType === CREATE_TIME
}

const CREATE_TIME = 0

/** What kafkajs knows of the batch that a record stood in, and doesn't declare. */
type BatchContext = {
  readonly timestampType: number
  readonly firstOffset: string
  readonly lastOffsetDelta: number
}

function contextOf(message: object): BatchContext | null {
  return hasContext(message) ? message.batchContext : null
}

function hasContext(message: object): message is { readonly batchContext: BatchContext } {
  return 'batchContext' in message
}

function rangeOf(message: KafkaMessage): Pick<PackedRecords, 'baseOffset' | 'lastOffset'> {
  const context = contextOf(message)
  const baseOffset = toOffset(context?.firstOffset ?? message.offset)
  return { baseOffset, lastOffset: baseOffset + (context?.lastOffsetDelta ?? 0) }
}

/** Why they can't be read and what to do, or null once they are among `records`. */
function takeRecords(
  message: KafkaMessage,
  packed: PackedRecords | DamagedRecords | null,
  fetchedFrom: number,
  records: LogRecord[],
): string | null {
  if (packed === null) {
    records.push(toRecord(message))
    return null
  }
  const damage = 'damage' in packed ? packed.damage : tryUnpack(packed, fetchedFrom, records)
  if (damage === null) return null
  return (
    `the batch that holds them is damaged (${damage}). ` +
    'Restore it, for instance by having a replica lead that holds it whole.'
  )
}

/** What is wrong with them, or null once they are among `records`. */
function tryUnpack(packed: PackedRecords, fromOffset: number, records: LogRecord[]): string | null {
  try {
    unpackRecords(packed, fromOffset, records)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Offsets within a batch rise, so that its end, which was checked, bounds them all. */
function toRecord(message: KafkaMessage): LogRecord {
  return {
    offset: Number(message.offset),
    appendTimeMs: Number(message.timestamp),
    key: message.key,
    value: message.value,
  }
}
