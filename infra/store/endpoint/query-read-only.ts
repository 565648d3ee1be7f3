import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { type Store, StoreError } from '../store.ts'
import type { EmbeddedStoreSettings, ServerStoreSettings } from '../store-settings.ts'
import { EndpointException, formatException } from './exception.ts'
import { openReadEngine } from './read-engine.ts'

/**
 * The answer to somebody's own statement, which may read and nothing else, whatever it says. A `store` of kind
 * 'reader' is read-only by itself; one embedded in this process answers through the engine of its endpoint.
 * Throws StoreError with ClickHouse's words.
 */
export async function queryReadOnly(
  store: Store,
  settings: ServerStoreSettings | EmbeddedStoreSettings,
  sql: string,
  format: string,
): Promise<string> {
  if (store.kind !== 'embedded' || settings.kind !== 'embedded') return store.queryText(sql, format)
  // As the store has opened it: the engine takes another spelling of the folder for another folder.
  const engine = await openReadEngine(resolve(settings.path), settings.database)
  try {
    const answer = await engine.run({ ...PLAIN_REQUEST, sql, format }, randomUUID())
    return answer.body.toString('utf8')
  } catch (error) {
    if (!(error instanceof EndpointException)) throw error
    throw new StoreError(formatException(error, engine.version).trimEnd(), error.type, { cause: error })
  } finally {
    await engine.close()
  }
}

const PLAIN_REQUEST = {
  database: null,
  parameters: new Map<string, string>(),
  settings: [],
  isBlockCompressed: false,
  protocolVersion: 0,
  acceptEncoding: '',
} as const
