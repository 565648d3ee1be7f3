import type { SourceFile } from './admit.ts'
import type { StreamGeometry } from './block.ts'
import type { BlockFold, UsageTotals } from './fold.ts'

const HOUR_SECONDS = 3_600

/** What one flush writes, table by table. Values are what ClickHouse reads from JSON. */
export type FlushRows = {
  readonly usage: Row[]
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

export function usageRow(place: BlockPlace, totals: UsageTotals, lastOffset: number): Row {
  return {
    client_id: totals.clientId,
    hour: totals.hour * HOUR_SECONDS,
    integration_id: totals.integrationId,
    status_class: totals.statusClass,
    stream: place.stream,
    partition: place.partition,
    block: place.block,
    requests: totals.requests,
    request_bytes: totals.requestBytes,
    response_bytes: totals.responseBytes,
    last_offset: lastOffset,
  }
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
