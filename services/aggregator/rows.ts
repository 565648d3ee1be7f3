import { type EncodedRows, RowEncoder } from '@forbruk/infra/store/row-encoder.ts'
import type { SourceFile } from './admit.ts'
import type { StreamGeometry } from './block.ts'
import type { BlockFold } from './fold.ts'

const HOUR_SECONDS = 3_600
export const INSERT_ROWS_MAX = 32_768

/** What one flush writes, table by table. Values are what ClickHouse reads from JSON. */
export type FlushRows = {
  /** Of at most INSERT_ROWS_MAX rows each. */
  readonly usage: EncodedRows[]
  readonly sources: Row[]
  readonly rejected: Row[]
  readonly ledger: Row[]
}
export type Row = Readonly<Record<string, string | number | null>>

/** A block's name is its first offset. */
export type BlockPlace = { readonly stream: string; readonly partition: number; readonly block: number }

export function emptyRows(): FlushRows {
  return { usage: [], sources: [], rejected: [], ledger: [] }
}

const USAGE_COLUMNS = [
  'client_id',
  'hour',
  'integration_id',
  'status_class',
  'stream',
  'partition',
  'block',
  'requests',
  'request_bytes',
  'response_bytes',
  'last_offset',
]

/** A row for each of the fold's totals that has changed. There may be a hundred thousand of them: no object for each. */
export function usageRows(place: BlockPlace, fold: BlockFold, lastOffset: number): EncodedRows[] {
  const changed = fold.takeChanged()
  const ofBlock = encodePlace(place)
  const rows: EncodedRows[] = []
  for (let start = 0; start < changed.length; start += INSERT_ROWS_MAX) {
    const numbers = changed.slice(start, start + INSERT_ROWS_MAX)
    rows.push(encodeTotals(fold, numbers, ofBlock, lastOffset))
  }
  return rows
}

/** Mostly enough for one row, so that the memory of many is asked for once. */
const ROW_BYTES_EXPECTED = 128
const PLACE_BYTES_EXPECTED = 64

function encodeTotals(
  fold: BlockFold,
  numbers: readonly number[],
  ofBlock: Uint8Array,
  lastOffset: number,
): EncodedRows {
  const encoder = new RowEncoder(USAGE_COLUMNS, numbers.length * ROW_BYTES_EXPECTED)
  for (const number of numbers) {
    const totals = fold.totals(number)
    encoder.startRow()
    fold.names.encode(totals.client, encoder)
    encoder.number(totals.hour * HOUR_SECONDS)
    fold.names.encode(totals.integration, encoder)
    encoder.number(totals.statusClass)
    encoder.values(ofBlock)
    encoder.number(totals.requests)
    encoder.number(totals.requestBytes)
    encoder.number(totals.responseBytes)
    encoder.number(lastOffset)
    encoder.endRow()
  }
  return encoder.finish()
}

function encodePlace({ stream, partition, block }: BlockPlace): Uint8Array {
  const encoder = new RowEncoder([], stream.length + PLACE_BYTES_EXPECTED)
  const name = new DataView(Uint8Array.from(Buffer.from(stream)).buffer)
  encoder.text(name, 0, name.byteLength)
  encoder.number(partition)
  encoder.number(block)
  return encoder.finish().bytes
}

export function sourceRow(place: BlockPlace, file: SourceFile, lastOffset: number): Row {
  return {
    ...place,
    source: file.source,
    file: file.file,
    events: file.blockEvents,
    duplicates: file.blockDuplicates,
    marks: file.blockMarks,
    high_position: file.highPosition,
    events_so_far: file.eventsSoFar,
    mark_position: file.markPosition,
    mark_events_total: file.markEventsTotal,
    events_at_mark: file.eventsAtMark,
    through: file.throughMs === null ? null : dateTime64(file.throughMs),
    format: file.format,
    last_offset: lastOffset,
  }
}

export function ledgerRow(
  place: Omit<BlockPlace, 'block'>,
  fold: BlockFold,
  nextOffset: number,
  geometry: StreamGeometry,
): Row {
  return {
    ...place,
    block: fold.firstOffset,
    fold_version: geometry.foldVersion,
    block_size: geometry.blockSize,
    window_size: geometry.windowSize,
    first_offset: fold.firstOffset,
    next_offset: nextOffset,
    records: fold.records,
    events: fold.events,
    requests: fold.requests,
    duplicates: fold.duplicates,
    rejected: fold.rejected,
    marks: fold.marks,
    request_ids: fold.requestIds,
    request_bytes: fold.requestBytes,
    response_bytes: fold.responseBytes,
    first_hour: fold.firstHour === null ? null : fold.firstHour * HOUR_SECONDS,
    last_hour: fold.lastHour === null ? null : fold.lastHour * HOUR_SECONDS,
    first_append_time: fold.firstAppendTimeMs === null ? null : dateTime64(fold.firstAppendTimeMs),
    last_append_time: fold.lastAppendTimeMs === null ? null : dateTime64(fold.lastAppendTimeMs),
    fingerprint: fold.fingerprint.value().toString(),
  }
}

/** ClickHouse reads a DateTime64(3) from a text with three decimals exactly; from a JSON number only as a float. */
export function dateTime64(timeMs: number): string {
  return `${Math.floor(timeMs / 1000)}.${String(timeMs % 1000).padStart(3, '0')}`
}
