import type { StoreDescription, TableDescription } from './describe-store.ts'

/** A table as the replica's engine makes it: over the folder of the parts that the store's own engine writes. */
export type ReplicaTable = {
  readonly name: string
  readonly disk: string
  readonly dataPath: string
  readonly createQuery: string
}

/**
 * Rows are written before the row that vouches for them. So a replica looks at what vouches first: it may know more
 * rows than are vouched for, as any reader of the store may, and never fewer.
 */
const VOUCHING = ['usage_settlement', 'block_ledger', 'month_close']

/** Pure. In the order in which they are to be looked at. */
export function planTables({ tables }: StoreDescription): ReplicaTable[] {
  const planned = tables.flatMap((table, index) => {
    if (table.dataPath === null) return []
    const disk = `table_${index}`
    return [{ name: table.name, disk, dataPath: table.dataPath, createQuery: replicate(table, disk) }]
  })
  const isVouching = ({ name }: ReplicaTable) => VOUCHING.includes(name)
  return [...planned.filter(isVouching), ...planned.filter(table => !isVouching(table))]
}

/** CREATE OR REPLACE, so that a table that has new parts takes the place of the one before at one moment. */
function replicate({ name, createQuery, engineFull }: TableDescription, disk: string): string {
  const at = createQuery.indexOf(` ENGINE = ${engineFull}`)
  const head = createQuery.slice(0, at)
  if (engineFull === '' || at < 0 || !head.startsWith('CREATE TABLE ')) {
    throw new Error(`table ${name} can't be read by another process: expected its engine in «${createQuery}»`)
  }
  const settings = `table_disk = 1, disk = '${disk}'`
  const joined = / SETTINGS /.test(engineFull)
    ? `${engineFull}, ${settings}`
    : `${engineFull} SETTINGS ${settings}`
  return `${head.replace(/^CREATE TABLE/, 'CREATE OR REPLACE TABLE')} ENGINE = ${joined}`
}

/**
 * The engine's configuration: the parts as disks that can't be written to, and bounds that hold for all queries
 * together. `pathOf` says where a table's disk is.
 */
export function configureEngine(
  tables: readonly ReplicaTable[],
  pathOf: (table: ReplicaTable) => string,
  memoryBytes: number,
): string {
  const disks = tables.map(table => [
    table.disk,
    {
      type: 'object_storage',
      object_storage_type: 'local',
      metadata_type: 'plain',
      path: pathOf(table),
      readonly: 1,
      skip_access_check: 1,
    },
  ])
  return formatXml({
    clickhouse: {
      max_server_memory_usage: memoryBytes,
      mark_cache_size: CACHE_BYTES,
      index_mark_cache_size: CACHE_BYTES,
      // How long the table that was replaced is kept for what still reads it; then it is let go.
      database_atomic_delay_before_drop_table_sec: 1,
      storage_configuration: { disks: Object.fromEntries(disks) },
    },
  })
}

const CACHE_BYTES = 67_108_864

type Xml = { readonly [name: string]: string | number | Xml }

function formatXml(tree: Xml): string {
  return Object.entries(tree)
    .map(
      ([name, value]) =>
        `<${name}>${typeof value === 'object' ? formatXml(value) : escapeXml(value)}</${name}>`,
    )
    .join('')
}

function escapeXml(value: string | number): string {
  return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
