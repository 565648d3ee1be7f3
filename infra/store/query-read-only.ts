import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { KEY_HEADER } from './endpoint/find-endpoint.ts'
import { superviseQueries } from './endpoint/supervise.ts'
import { explainStoreError } from './explain-store-error.ts'
import { READ_SETTINGS } from './open-store.ts'
import { type Store, StoreError } from './store.ts'
import type { EmbeddedStoreSettings, ServerStoreSettings, StoreSettings } from './store-settings.ts'

/**
 * The answer to somebody's own statement, which may read and nothing else, whatever it says. A `store` of kind
 * 'reader' is read-only by itself; one embedded in this process is read by another, as its endpoint does; a server is
 * told. Throws StoreError with ClickHouse's words, StoreUnavailableError when nobody answers.
 */
export async function queryReadOnly(
  store: Store,
  settings: StoreSettings,
  sql: string,
  format: string,
): Promise<string> {
  if (settings.kind === 'server') return askServer(settings, sql, format)
  return store.kind === 'embedded' ? askBeside(settings, sql, format) : store.queryText(sql, format)
}

/** `readonly` 2, since a user who may only read may send it as well: it forbids every write, and to change it. */
async function askServer(
  { url, user, password, database }: ServerStoreSettings,
  sql: string,
  format: string,
) {
  const headers = { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password }
  return ask(url, { ...READ_SETTINGS, database, default_format: format, readonly: 2 }, headers, sql)
}

async function askBeside({ path, database }: EmbeddedStoreSettings, sql: string, format: string) {
  const key = randomUUID()
  const queries = await superviseQueries({
    // As the store has opened it: the engine takes another spelling of the folder for another folder.
    folder: resolve(path),
    database,
    host: '127.0.0.1',
    port: 0,
    token: randomUUID(),
    key,
    priority: 'own',
    logger: { warn: () => {} },
  })
  try {
    const url = `http://127.0.0.1:${queries.port}`
    return await ask(url, { default_format: format }, { [KEY_HEADER]: key }, sql)
  } finally {
    await queries.close()
  }
}

async function ask(
  url: string,
  parameters: Record<string, string | number>,
  headers: Record<string, string>,
  sql: string,
): Promise<string> {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value))
  const response = await fetch(`${url}/?${query}`, { method: 'POST', body: sql, headers }).catch(error => {
    throw explainStoreError(error, url, false)
  })
  const text = await response.text()
  if (response.ok) return text
  throw new StoreError(text.trimEnd(), /\(([A-Z0-9_]+)\) \(version /.exec(text)?.[1] ?? 'UNKNOWN_EXCEPTION')
}
