import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { z } from 'zod'
import { findEndpoint } from './endpoint/find-endpoint.ts'
import { explainStoreError } from './explain-store-error.ts'
import { explainHolder } from './find-holder.ts'
import { StoreError } from './store.ts'
import type { EmbeddedStoreSettings, ServerStoreSettings, StoreSettings } from './store-settings.ts'
import { safeCount, text } from './tables/codec.ts'
import { shapeOf } from './tables/table.ts'

export type StoreFacts = {
  /** Of ClickHouse, e.g. 26.1.3.4. */
  readonly version: string
  /** False where the database is still to be made. */
  readonly exists: boolean
  /** Of an embedded store, the address at which another process serves it. */
  readonly servedAt: string | null
}

const ANSWER_TIMEOUT_MS = 10_000

const factsShape = shapeOf({ version: text, databases: safeCount })

/** Looks and changes nothing. Throws StoreError or StoreUnavailableError when the store can't be used. */
export async function inspectStore(settings: StoreSettings): Promise<StoreFacts> {
  return settings.kind === 'server' ? inspectServer(settings) : inspectEmbedded(settings)
}

async function inspectServer({ url, user, password, database }: ServerStoreSettings): Promise<StoreFacts> {
  const client = createClient({
    url,
    username: user,
    password,
    request_timeout: ANSWER_TIMEOUT_MS,
    log: { level: ClickHouseLogLevel.OFF },
  })
  try {
    const result = await client.query({
      query: `SELECT version() AS version, countIf(name = {database:String}) AS databases FROM system.databases`,
      format: 'JSONEachRow',
      query_params: { database },
    })
    const [facts] = z.array(factsShape).parse(await result.json())
    return { version: facts?.version ?? '', exists: facts?.databases === 1, servedAt: null }
  } catch (error) {
    throw explainStoreError(error, url, false)
  } finally {
    await client.close()
  }
}

/** Not opened: that alone would write to it, and keep others out. */
async function inspectEmbedded({ path, database }: EmbeddedStoreSettings): Promise<StoreFacts> {
  const version = await loadEngine()
  const exists = existsSync(join(path, 'metadata', `${database}.sql`))
  const endpoint = await findEndpoint(path)
  const held = endpoint === null ? await explainHolder(path) : null
  if (held !== null) throw held
  return { version, exists, servedAt: endpoint?.url ?? null }
}

/** Half a gigabyte of native code, which the platform must have. */
async function loadEngine(): Promise<string> {
  try {
    const { version } = await import('chdb')
    // As the engine's CSV has it, in quotes.
    return version().libchdb.replaceAll('"', '')
  } catch (error) {
    const { platform, arch } = process
    throw new StoreError(
      `the embedded ClickHouse can't be loaded on ${platform} ${arch} ` +
        `(${error instanceof Error ? error.message : error}): run npm ci, or set CLICKHOUSE_URL`,
      'ENGINE_MISSING',
      { cause: error },
    )
  }
}
