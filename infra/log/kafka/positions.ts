import type { Batch, KafkaMessage } from 'kafkajs'
import { EventLogError, type LogRecord, type RecordBatch } from '../event-log.ts'
import { packedRecordsOf } from './pack-record-batches.ts'
import { unpackRecords } from './record-batch.ts'
import { toOffset } from './topic.ts'

/** What kafkajs fetched: everything that the partition holds in [fetchedFrom, nextOffset). */
type FetchedRange = { readonly fetchedFrom: number; readonly nextOffset: number }

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

/** The records from where the fetch began: the broker sends whole batches, which may begin before it. */
export function toRecordBatch(batch: Batch, { fetchedFrom, nextOffset }: FetchedRange): RecordBatch {
  const records: LogRecord[] = []
  for (const message of batch.messages) {
    const packed = packedRecordsOf(message)
    if (packed === null) records.push(toRecord(message))
    else unpackRecords(packed, fetchedFrom, records)
  }
  return {
    partition: batch.partition,
    records,
    nextOffset,
    endOffset: Math.max(toOffset(batch.highWatermark), nextOffset),
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
