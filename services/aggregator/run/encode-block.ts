import { type Column, type ColumnBlock, NumberColumn, TextColumn } from '@forbruk/infra/store/column-block.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import type { RejectedRow } from '@forbruk/infra/store/tables/rejected-event.ts'
import type { SourceRow } from '@forbruk/infra/store/tables/source-ledger.ts'
import type { SourceFile } from '../count/admit.ts'
import type { BlockFlush } from '../count/flush-queue.ts'
import type { IdentityRows } from '../count/identity-table.ts'

const HOUR_SECONDS = 3_600
export const INSERT_ROWS_MAX = 65_536
/** They are small, and each insert is a part that ClickHouse has to merge. */
export const INSERT_IDENTITIES_MAX = 262_144

/** What a flush writes of one block, table by table. */
export type BlockRows = {
  /** Of at most INSERT_ROWS_MAX rows each. */
  readonly usage: readonly ColumnBlock[]
  /** Of at most INSERT_IDENTITIES_MAX rows each. */
  readonly identities: readonly ColumnBlock[]
  readonly sources: readonly SourceRow[]
  readonly rejected: readonly RejectedRow[]
  readonly ledger: LedgerBlock
}

export function encodeBlock(flush: BlockFlush): BlockRows {
  const { stream, partition, block, nextOffset } = flush
  const place = { stream, partition, block: block.firstOffset }
  return {
    usage: encodeUsage(flush),
    identities: encodeIdentities(flush),
    sources: flush.sources.map(file => ({ ...place, ...encodeSource(file), lastOffset: nextOffset - 1 })),
    rejected: flush.rejected.map(event => ({ ...place, ...event })),
    ledger: block.toLedger(stream, partition, nextOffset),
  }
}

/** A row for each total that has changed. There may be a hundred thousand of them: no object for each. */
function encodeUsage(flush: BlockFlush): ColumnBlock[] {
  const { totals } = flush
  const blocks: ColumnBlock[] = []
  for (let start = 0; start < totals.length; start += INSERT_ROWS_MAX) {
    blocks.push(encodeTotals(flush, totals.slice(start, start + INSERT_ROWS_MAX)))
  }
  return blocks
}

/** Mostly enough, so that the memory of many is asked for once. */
const NAME_BYTES_EXPECTED = 24

function encodeTotals(flush: BlockFlush, numbers: readonly number[]): ColumnBlock {
  const { block } = flush
  const { names } = block
  const rows = numbers.length
  const client = new TextColumn('client_id', rows * NAME_BYTES_EXPECTED)
  const hour = new NumberColumn('hour', 'UInt32', rows)
  const integration = new TextColumn('integration_id', rows * NAME_BYTES_EXPECTED)
  const statusClass = new NumberColumn('status_class', 'UInt8', rows)
  const requests = new NumberColumn('requests', 'UInt64', rows)
  const requestBytes = new NumberColumn('request_bytes', 'UInt64', rows)
  const responseBytes = new NumberColumn('response_bytes', 'UInt64', rows)
  for (const number of numbers) {
    const totals = block.totals(number)
    names.addTo(client, totals.client)
    hour.add(totals.hour * HOUR_SECONDS)
    names.addTo(integration, totals.integration)
    statusClass.add(totals.statusClass)
    requests.add(totals.requests)
    requestBytes.add(totals.requestBytes)
    responseBytes.add(totals.responseBytes)
  }
  const columns = [client, hour, integration, statusClass, requests, requestBytes, responseBytes]
  return { rows, columns: [...columns, ...placeColumns(flush, rows)] }
}

/** The same in each row. */
function placeColumns({ stream, partition, block, nextOffset }: BlockFlush, rows: number): Column[] {
  return [
    TextColumn.of('stream', stream, rows),
    NumberColumn.of('partition', 'UInt32', partition, rows),
    NumberColumn.of('block', 'UInt64', block.firstOffset, rows),
    NumberColumn.of('last_offset', 'UInt64', nextOffset - 1, rows),
  ]
}

/** A row for each request id that was admitted. */
function encodeIdentities({ stream, partition, identities }: BlockFlush): ColumnBlock[] {
  const blocks: ColumnBlock[] = []
  if (identities === null) return blocks
  for (let start = 0; start < identities.size; start += INSERT_IDENTITIES_MAX) {
    const end = Math.min(start + INSERT_IDENTITIES_MAX, identities.size)
    const columns = [
      TextColumn.of('stream', stream, end - start),
      NumberColumn.of('partition', 'UInt32', partition, end - start),
      ...identityColumns(identities, start, end),
    ]
    blocks.push({ rows: end - start, columns })
  }
  return blocks
}

function identityColumns(identities: IdentityRows, start: number, end: number): Column[] {
  const rows = end - start
  const hour = new NumberColumn('hour', 'UInt32', rows)
  const hash = new NumberColumn('id_hash', 'UInt64', rows)
  const offset = new NumberColumn('offset', 'UInt64', rows)
  const index = new NumberColumn('event_index', 'UInt32', rows)
  for (let row = start; row < end; row++) {
    const identity = identities.at(row)
    hour.add(identity.hour * HOUR_SECONDS)
    hash.addHalves(identity.hashLow, identity.hashHigh)
    offset.add(identity.offset)
    index.add(identity.index)
  }
  return [hour, hash, offset, index]
}

function encodeSource(file: SourceFile): Omit<SourceRow, 'stream' | 'partition' | 'block' | 'lastOffset'> {
  return {
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
    obstacles: file.obstacles.listed,
    obstaclesTotal: file.obstacles.total,
    instances: file.instances.map(
      ({ obstacles: { total: obstaclesTotal, listed: obstacles }, ...heard }) => ({
        ...heard,
        obstacles,
        obstaclesTotal,
      }),
    ),
  }
}
