import type { LogRecord, RecordBatch } from '@forbruk/infra/log/event-log.ts'

/** What is folded in one go: more than mostly comes at once, and little enough to hold up nobody else. */
export type BatchBounds = { readonly records: number; readonly bytes: number }

/**
 * Pure: the batch in parts, in order; each is one by itself, so folding them gives what folding the whole gives. A part
 * has at least a record, and no more than the bounds: a small record can hold thousands of events.
 */
export function* cutBatch(batch: RecordBatch, bounds: BatchBounds): Generator<RecordBatch> {
  const { records } = batch
  let first = 0
  for (let bytes = 0, index = 0; index < records.length; index++) {
    const record = records[index]
    if (record === undefined) continue
    const isFull = index - first >= bounds.records || bytes + bytesOf(record) > bounds.bytes
    if (isFull && index > first) {
      yield { ...batch, records: records.slice(first, index), nextOffset: record.offset }
      first = index
      bytes = 0
    }
    bytes += bytesOf(record)
  }
  yield first === 0 ? batch : { ...batch, records: records.slice(first) }
}

function bytesOf({ value, valueRange }: LogRecord): number {
  return valueRange ? valueRange.end - valueRange.start : (value?.length ?? 0)
}
