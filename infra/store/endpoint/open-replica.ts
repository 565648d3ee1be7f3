import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Session } from 'chdb'
import { quoteIdentifier, quoteText } from '../quote-sql.ts'
import { chooseSettings, TAKEN_SETTINGS } from './choose-settings.ts'
import { configureEngine, planTables, type ReplicaTable } from './configure-replica.ts'
import type { StoreDescription } from './describe-store.ts'

/**
 * The store's tables and views in an engine of its own, read from the very files that the store's engine writes. Parts
 * are immutable, and one that a merge replaced stays for minutes, so nothing is copied and nothing is asked of the
 * process that counts.
 */
export type Replica = {
  /** The folder of its engine. */
  readonly path: string
  /** Another session of the engine, with settings of its own. */
  open(): Session
  /** Resolves when the tables hold what stood in the store half a second ago at most. */
  refresh(): Promise<void>
  close(): void
}

type ReplicaSettings = {
  readonly folder: string
  readonly store: StoreDescription
  readonly memoryBytes: number
  readonly clock: () => number
}

/** Looking takes a millisecond, a table with new parts some tens. */
const REFRESH_MS = 500

/** What clients ask for to find their way, and what a query is cancelled by. The others tell of the machine. */
const SYSTEM_TABLES = new Set([
  'aggregate_function_combinators',
  'collations',
  'columns',
  'completions',
  'contributors',
  'data_type_families',
  'databases',
  'formats',
  'functions',
  'keywords',
  'licenses',
  'numbers',
  'numbers_mt',
  'one',
  'processes',
  'settings',
  'table_engines',
  'table_functions',
  'tables',
  'time_zones',
  'zeros',
  'zeros_mt',
])

export async function openReplica({ folder, store, memoryBytes, clock }: ReplicaSettings): Promise<Replica> {
  const { Session: EngineSession } = await import('chdb')
  const tables = planTables(store)
  const links = join(folder, 'tables')
  mkdirSync(links)
  for (const { disk, dataPath } of tables) symlinkSync(dataPath, join(links, disk))
  const configPath = join(folder, 'engine.xml')
  // By names of our own: a path shows in system.tables, and the store's tells of the machine.
  writeFileSync(
    configPath,
    configureEngine(tables, ({ disk }) => `${join(links, disk)}/`, memoryBytes),
  )
  const path = join(folder, 'engine')
  const open = () => new EngineSession(path, { connectionArgs: [`--config-file=${configPath}`] })
  const session = open()
  const database = quoteIdentifier(store.database)
  // The engine's own has every file of the machine for a table.
  await session.queryAsync('DROP DATABASE default')
  await session.queryAsync('CREATE DATABASE default')
  await session.queryAsync(`CREATE DATABASE IF NOT EXISTS ${database}`)
  const seen = new Map<string, string>()
  await replaceChanged(session, tables, seen)
  await createViews(session, store)
  await hideSystemTables(session)
  await tellSettings(session)

  let refreshedAtMs = clock()
  let refreshing: Promise<void> | null = null

  async function refresh(): Promise<void> {
    const startedAtMs = clock()
    await replaceChanged(session, tables, seen)
    refreshedAtMs = startedAtMs
  }

  return {
    path,
    open,
    async refresh() {
      if (refreshing === null && clock() - refreshedAtMs < REFRESH_MS) return
      refreshing ??= refresh().finally(() => {
        refreshing = null
      })
      await refreshing
    },
    close: () => session.close(),
  }
}

/** Each table is looked at just before it is replaced: what it then holds is not older than what came before it. */
async function replaceChanged(
  session: Session,
  tables: readonly ReplicaTable[],
  seen: Map<string, string>,
): Promise<void> {
  for (const { name, dataPath, createQuery } of tables) {
    const parts = readdirSync(dataPath)
      .filter(entry => PART.test(entry))
      .join(' ')
    if (seen.get(name) === parts) continue
    await session.queryAsync(createQuery)
    seen.set(name, parts)
  }
}

/** Partition, first and last block, level, and where there is one, the mutation; not what is still being written. */
const PART = /^[^_]+_\d+_\d+_\d+(_\d+)?$/

/** In the order they were made in: a view may read another. */
async function createViews(session: Session, { tables }: StoreDescription): Promise<void> {
  for (const { dataPath, createQuery } of tables) if (dataPath === null) await session.queryAsync(createQuery)
}

async function hideSystemTables(session: Session): Promise<void> {
  const result = await session.queryAsync("SELECT name FROM system.tables WHERE database = 'system'", {
    format: 'LineAsString',
  })
  const hidden = result
    .text()
    .split('\n')
    .filter(name => name !== '' && !SYSTEM_TABLES.has(name))
  const columns = await session.queryAsync(PARTS_COLUMNS, { format: 'TSVRaw' })
  for (const name of hidden) await session.queryAsync(`DETACH TABLE system.${quoteIdentifier(name)}`)
  // The views of information_schema, which drivers ask, look into it for sizes.
  await session.queryAsync(`CREATE TABLE system.parts (${columns.text().trim()}) ENGINE = Memory`)
}

/**
 * Clients look there for what they may set, and send or refuse by it. The engine's own table says of a session that
 * only reads that nothing can be set.
 */
async function tellSettings(session: Session): Promise<void> {
  const list = (texts: readonly string[]) => texts.map(quoteText).join(', ')
  const held = chooseSettings([])
  const [names, values] = [held.map(([name]) => name), held.map(([, value]) => value)]
  await session.queryAsync(`
    CREATE TABLE default.told ENGINE = Memory AS
    SELECT * REPLACE (
      transform(name, [${list(names)}], [${list(values)}], value) AS value,
      name NOT IN (${list(TAKEN_SETTINGS)}) AS readonly)
    FROM system.settings`)
  await session.queryAsync('DETACH TABLE system.settings')
  await session.queryAsync('CREATE TABLE system.settings AS default.told')
  await session.queryAsync('INSERT INTO system.settings SELECT * FROM default.told')
  await session.queryAsync('DROP TABLE default.told SYNC')
}

const PARTS_COLUMNS = `
  SELECT arrayStringConcat(groupArray(concat(char(96), name, char(96), ' ', type)), ', ')
  FROM system.columns WHERE database = 'system' AND table = 'parts' AND default_kind = ''`
