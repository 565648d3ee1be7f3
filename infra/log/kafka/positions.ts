import type { Batch, KafkaMessage } from 'kafkajs'
import { EventLogError, type LogRecord, type RecordBatch, UnreadableRecordsError } from '../event-log.ts'
import { packedRecordsOf } from './pack-record-batches.ts'
import { type PackedRecords, unpackRecords } from './record-batch.ts'
import { toOffset } from './topic.ts'

/** What kafkajs fetched: everything that the partition holds in [fetchedFrom, nextOffset). */
export type FetchedRange = { readonly fetchedFrom: number; readonly nextOffset: number }

export function fetchedRange(batch: Batch): FetchedRange {
  return { fetchedFrom: fetchedFrom(batch), nextOffset: toOffset(batch.lastOffset()) + 1 }
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
export function toRecordBatch(batch: Batch, { fetchedFrom, nextOffset }: FetchedRange): Fetched {
  const records: LogRecord[] = []
  const { topic, partition } = batch
  const endOffset = Math.max(toOffset(batch.highWatermark), nextOffset)
  for (const message of batch.messages) {
    const packed = packedRecordsOf(message)
    if (packed === null) {
      records.push(toRecord(message))
      continue
    }
    const count = records.length
    const damage = 'damage' in packed ? packed.damage : tryUnpack(packed, fetchedFrom, records)
    if (damage === null) continue
    const fromOffset = Math.max(fetchedFrom, packed.baseOffset)
    const range = { fromOffset, toOffset: packed.lastOffset + 1 }
    return {
      batch: { partition, records: records.slice(0, count), nextOffset: fromOffset, endOffset },
      unreadable: new UnreadableRecordsError({ topic, partition, ...range }, damage),
    }
  }
  return { batch: { partition, records, nextOffset, endOffset }, unreadable: null }
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
