import { type Column, type ColumnBlock, NumberColumn, TextColumn } from '@forbruk/infra/store/column-block.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import type { RejectedRow } from '@forbruk/infra/store/tables/rejected-event.ts'
import type { SourceRow } from '@forbruk/infra/store/tables/source-ledger.ts'
import type { SourceFile } from '../count/admit.ts'
import type { StreamGeometry } from '../count/block.ts'
import { type BlockFold, HOUR_MS } from '../count/block-fold.ts'

const HOUR_SECONDS = 3_600
export const INSERT_ROWS_MAX = 65_536

/** What one flush writes, table by table. */
export type FlushRows = {
  /** Of at most INSERT_ROWS_MAX rows each. */
  readonly usage: ColumnBlock[]
  readonly sources: SourceRow[]
  readonly rejected: RejectedRow[]
  readonly ledger: LedgerBlock[]
}

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

export function sourceRow(place: BlockPlace, file: SourceFile, lastOffset: number): SourceRow {
  return {
    ...place,
    source: file.source,
    file: file.file,
    events: file.blockEvents,
    duplicates: file.blockDuplicates,
    marks: file.blockMarks,
    highPosition: file.highPosition,
    eventsSoFar: file.eventsSoFar,
    markPosition: file.markPosition,
    markEventsTotal: file.markEventsTotal,
    eventsAtMark: file.eventsAtMark,
    throughMs: file.throughMs,
    format: file.format,
    lastOffset,
  }
}

export function ledgerRow(
  place: Omit<BlockPlace, 'block'>,
  fold: BlockFold,
  nextOffset: number,
  geometry: StreamGeometry,
): LedgerBlock {
  return {
    ...place,
    block: fold.firstOffset,
    foldVersion: geometry.foldVersion,
    blockSize: geometry.blockSize,
    windowSize: geometry.windowSize,
    firstOffset: fold.firstOffset,
    nextOffset,
    records: fold.records,
    events: fold.events,
    requests: fold.requests,
    duplicates: fold.duplicates,
    rejected: fold.rejected,
    marks: fold.marks,
    requestIds: fold.requestIds,
    requestBytes: fold.requestBytes,
    responseBytes: fold.responseBytes,
    firstHourMs: fold.firstHour === null ? null : fold.firstHour * HOUR_MS,
    lastHourMs: fold.lastHour === null ? null : fold.lastHour * HOUR_MS,
    firstAppendTimeMs: fold.firstAppendTimeMs,
    lastAppendTimeMs: fold.lastAppendTimeMs,
    fingerprint: fold.fingerprint.value(),
  }
}
