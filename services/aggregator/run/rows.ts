import { type Column, type ColumnBlock, NumberColumn, TextColumn } from '@forbruk/infra/store/column-block.ts'
import type { SourceFile } from '../count/admit.ts'
import type { StreamGeometry } from '../count/block.ts'
import type { BlockFold } from '../count/block-fold.ts'

const HOUR_SECONDS = 3_600
export const INSERT_ROWS_MAX = 65_536

/** What one flush writes, table by table; a row's values are what ClickHouse reads from JSON. */
export type FlushRows = {
  /** Of at most INSERT_ROWS_MAX rows each. */
  readonly usage: ColumnBlock[]
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

/** A row for each of the fold's totals that has changed. There may be a hundred thousand of them: no object for each. */
export function usageRows(place: BlockPlace, fold: BlockFold, lastOffset: number): ColumnBlock[] {
  const changed = fold.takeChanged()
  const blocks: ColumnBlock[] = []
  for (let start = 0; start < changed.length; start += INSERT_ROWS_MAX) {
    blocks.push(usageBlock(place, fold, changed.slice(start, start + INSERT_ROWS_MAX), lastOffset))
  }
  return blocks
}

/** Mostly enough, so that the memory of many is asked for once. */
const NAME_BYTES_EXPECTED = 24

function usageBlock(
  place: BlockPlace,
  fold: BlockFold,
  numbers: readonly number[],
  lastOffset: number,
): ColumnBlock {
  const rows = numbers.length
  const client = new TextColumn('client_id', rows * NAME_BYTES_EXPECTED)
  const hour = new NumberColumn('hour', 'UInt32', rows)
  const integration = new TextColumn('integration_id', rows * NAME_BYTES_EXPECTED)
  const statusClass = new NumberColumn('status_class', 'UInt8', rows)
  const requests = new NumberColumn('requests', 'UInt64', rows)
  const requestBytes = new NumberColumn('request_bytes', 'UInt64', rows)
  const responseBytes = new NumberColumn('response_bytes', 'UInt64', rows)
  for (const number of numbers) {
    const totals = fold.totals(number)
    fold.names.addTo(client, totals.client)
    hour.add(totals.hour * HOUR_SECONDS)
    fold.names.addTo(integration, totals.integration)
    statusClass.add(totals.statusClass)
    requests.add(totals.requests)
    requestBytes.add(totals.requestBytes)
    responseBytes.add(totals.responseBytes)
  }
  const columns = [client, hour, integration, statusClass, requests, requestBytes, responseBytes]
  return { rows, columns: [...columns, ...placeColumns(place, lastOffset, rows)] }
}

/** The same in each row. */
function placeColumns({ stream, partition, block }: BlockPlace, lastOffset: number, rows: number): Column[] {
  return [
    TextColumn.of('stream', stream, rows),
    NumberColumn.of('partition', 'UInt32', partition, rows),
    NumberColumn.of('block', 'UInt64', block, rows),
    NumberColumn.of('last_offset', 'UInt64', lastOffset, rows),
  ]
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
