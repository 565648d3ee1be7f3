import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from '@clickhouse/client'
import { DESCRIPTORS_MIN, explainDescriptors, readDescriptorsMax } from '../runtime/descriptors.ts'
import { answerClean } from './answer-clean.ts'
import { createClientStore } from './client-store.ts'
import { findEndpoint, KEY_HEADER } from './endpoint/find-endpoint.ts'
import { explainStoreError } from './explain-store-error.ts'
import { explainHolder } from './find-holder.ts'
import { insertThroughFile, sendBlocks } from './insert-blocks.ts'
import { quoteIdentifier } from './quote-sql.ts'
import { type Store, StoreError } from './store.ts'
import type { EmbeddedStoreSettings, ServerStoreSettings, StoreSettings } from './store-settings.ts'
import { WITHOUT_COMPILING } from './without-compiling.ts'

type ClientConnection = NonNullable<ClickHouseClientConfigOptions['connection']>

/** What goes wrong is thrown; the caller decides what to log. */
const SILENT = { level: ClickHouseLogLevel.OFF }

const REQUEST_TIMEOUT_MS = 60_000

/** A little sooner than our own patience, so that the server stops the query and says why. */
const SERVER_EXECUTION_SECONDS = 55

/** In process nobody else waits, and an audit of years of usage may take its time; but not for ever. */
const EMBEDDED_EXECUTION_SECONDS = 600

/** 64-bit integers and decimals as strings, since a double would round them; date-times in UTC. */
export const READ_SETTINGS = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  session_timezone: 'UTC',
  date_time_output_format: 'simple',
} as const satisfies ClickHouseSettings

/** A misspelt column is an error, never a default; the answer means that the rows are written. */
const WRITE_SETTINGS = {
  async_insert: 0,
  input_format_skip_unknown_fields: 0,
  input_format_null_as_default: 0,
  date_time_input_format: 'best_effort',
} as const satisfies ClickHouseSettings

/**
 * The store by its settings, its database made when missing.
 * Throws StoreUnavailableError when a server can't be reached, StoreError when an embedded folder is held by another
 * process or can't be opened.
 */
export async function openStore(settings: StoreSettings): Promise<Store> {
  switch (settings.kind) {
    case 'server':
      return openServerStore(settings)
    case 'embedded':
      return openEmbeddedStore(settings)
  }
}

/**
 * Like openStore, but where another process holds the embedded folder and serves it (serve-read-only.ts), the store
 * is read through that process: kind 'reader', whose writes throw StoreError READONLY.
 */
export async function openReadableStore(settings: StoreSettings): Promise<Store> {
  if (settings.kind === 'server') return openServerStore(settings)
  const endpoint = await findEndpoint(settings.path)
  if (endpoint === null || endpoint.pid === process.pid) return openEmbeddedStore(settings)
  const client = createHttpClient({
    url: endpoint.url,
    database: settings.database,
    http_headers: { [KEY_HEADER]: endpoint.key },
  })
  return createClientStore({
    kind: 'reader',
    client,
    where: endpoint.url,
    insertSettings: {},
    insertBlocks: sendBlocks(client, {}),
    release: async () => {},
  })
}

function createHttpClient(target: {
  url: string
  username?: string
  password?: string
  database: string
  http_headers?: Record<string, string>
}): ClickHouseClient {
  return createClient({
    ...target,
    request_timeout: REQUEST_TIMEOUT_MS,
    log: SILENT,
    clickhouse_settings: { ...READ_SETTINGS, max_execution_time: SERVER_EXECUTION_SECONDS },
  })
}

async function openServerStore({ url, user, password, database }: ServerStoreSettings): Promise<Store> {
  const client = createHttpClient({ url, username: user, password, database })
  try {
    await ensureDatabase(client, database, () =>
      createHttpClient({ url, username: user, password, database: 'default' }),
    )
  } catch (error) {
    await client.close()
    throw explainStoreError(error, url, false)
  }
  return createClientStore({
    kind: 'server',
    client,
    where: url,
    insertSettings: WRITE_SETTINGS,
    insertBlocks: sendBlocks(client, WRITE_SETTINGS),
    release: async () => {},
  })
}

/** A user allowed only its own database need not be allowed to create one: asked for only where it is missing. */
async function ensureDatabase(
  client: ClickHouseClient,
  database: string,
  connectToDefault: () => ClickHouseClient,
): Promise<void> {
  try {
    await client.command({ query: 'SELECT 1' })
  } catch (error) {
    const explained = explainStoreError(error, database, false)
    if (!(explained instanceof StoreError) || explained.code !== 'UNKNOWN_DATABASE') throw error
    const outside = connectToDefault()
    try {
      await outside.command({ query: `CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(database)}` })
    } finally {
      await outside.close()
    }
  }
}

async function openEmbeddedStore({ path, database }: EmbeddedStoreSettings): Promise<Store> {
  const folder = resolve(path)
  expectDescriptors(folder)
  // Whose usage it is, is nobody else's business on a machine that others use too.
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // Loaded only here: the engine is half a gigabyte of native code that a server's user has no need of.
  const { createChdbConnection } = await import('chdb/connection')
  const { drainPending } = await import('chdb')
  const connection = await orExplainHolder(folder, () => createChdbConnection({ path: folder }))
  // The same interface from two packages that each carry a copy of it; a private field keeps the types apart.
  const ofClient = connection as unknown as ClientConnection
  const client = createClient({ connection: answeringClean(ofClient), log: SILENT })
  try {
    await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(database)}` })
    // In process, settings and the current database belong to the session and stay: set once, they hold for all.
    await client.command({ query: `USE ${quoteIdentifier(database)}` })
    await client.command({
      query: setStatement({ ...READ_SETTINGS, ...WRITE_SETTINGS, ...EMBEDDED_SETTINGS }),
    })
  } catch (error) {
    await client.close()
    throw explainStoreError(error, folder, true)
  }
  return createClientStore({
    kind: 'embedded',
    client,
    where: folder,
    insertSettings: {},
    insertBlocks: insertThroughFile(client, folder),
    // Until the engine's own threads are done the folder stays locked against the next process.
    release: drainPending,
  })
}

function answeringClean(engine: ClientConnection): ClientConnection {
  const inTurn = answerClean(() => engine.command({ query: 'SELECT 1' }))
  return {
    query: params => inTurn(() => engine.query(params)),
    exec: params => inTurn(() => engine.exec(params)),
    command: params => inTurn(() => engine.command(params)),
    insert: params => inTurn(() => engine.insert(params)),
    ping: params => inTurn(() => engine.ping(params)),
    close: () => engine.close(),
  }
}

/** The engine would fail in the middle of what it does, each time at another place. */
function expectDescriptors(folder: string): void {
  const descriptorsMax = readDescriptorsMax()
  if (descriptorsMax !== null && descriptorsMax < DESCRIPTORS_MIN)
    throw new StoreError(`${folder}: ${explainDescriptors(descriptorsMax)}`, 'TOO_FEW_DESCRIPTORS')
}

const EMBEDDED_SETTINGS = {
  max_execution_time: EMBEDDED_EXECUTION_SECONDS,
  // The embedded engine's defaults differ from a server's here: `selec` would be a query that selects a column.
  implicit_select: 0,
  ...WITHOUT_COMPILING,
} as const

function setStatement(settings: Record<string, string | number>): string {
  const assignments = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`)
  return `SET ${assignments.join(', ')}`
}

/** The engine says no more than "Failed to create connection"; the file it locks says who has it. */
async function orExplainHolder<Value>(folder: string, open: () => Value): Promise<Value> {
  try {
    return open()
  } catch (error) {
    throw (await explainHolder(folder, error)) ?? explainStoreError(error, folder, true)
  }
}
