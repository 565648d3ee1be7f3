export type BlockTable = 'usage_rollup' | 'source_ledger' | 'rejected_event' | 'block_ledger'
export type StoredRow = Readonly<Record<string, unknown>>

export const TABLES: Readonly<Record<BlockTable, { key: readonly string[]; version: string | null }>> = {
  usage_rollup: { key: ['client_id', 'hour', 'integration_id', 'status_class'], version: 'last_offset' },
  source_ledger: { key: ['source', 'file'], version: 'last_offset' },
  rejected_event: { key: ['offset', 'event_index'], version: null },
  block_ledger: { key: [], version: 'next_offset' },
}

export type BlockPlace = { readonly partition: number; readonly block: number }

export function versionOf(table: BlockTable, row: StoredRow): string {
  const { key, version } = TABLES[table]
  const names = ['partition', 'block', ...key, ...(version === null ? [] : [version])]
  return `${table}|${names.map(column => row[column]).join('|')}`
}

export function isBlockTable(table: string): table is BlockTable {
  return table in TABLES
}

export function emptyTables<Value>(make: () => Value): Record<BlockTable, Value> {
  return { usage_rollup: make(), source_ledger: make(), rejected_event: make(), block_ledger: make() }
}

export function toPlace(row: StoredRow): BlockPlace {
  return { partition: Number(row.partition), block: Number(row.block) }
}
