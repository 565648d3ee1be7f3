import { buffer } from 'node:stream/consumers'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import type { ZodType } from 'zod'
import type { EncodedBlock } from './column-block.ts'
import { encodeRows } from './encode-rows.ts'
import { explainStoreError } from './explain-store-error.ts'
import type { InsertBlocks } from './insert-blocks.ts'
import { quoteIdentifier, quoteText } from './quote-sql.ts'
import { type InsertOptions, type QueryParams, type Store, StoreError } from './store.ts'

type ClientStoreParts = {
  readonly kind: Store['kind']
  readonly client: ClickHouseClient
  /** The store as its user knows it, for messages: a URL or a folder. */
  readonly where: string
  /** Sent with every insert. */
  readonly insertSettings: ClickHouseSettings
  readonly insertBlocks: InsertBlocks
  /** Runs after the client is closed. */
  readonly release: () => Promise<void>
}

/** The Store port over one @clickhouse/client, whatever it is connected to. */
export function createClientStore(parts: ClientStoreParts): Store {
  const { kind, client, where, insertSettings, insertBlocks, release } = parts
  let closing: Promise<void> | null = null

  async function attempt<Answer>(step: () => Promise<Answer>): Promise<Answer> {
    if (closing !== null) throw new StoreError(`the store at ${where} is closed`, 'CLOSED')
    try {
      return await step()
    } catch (error) {
      throw explainStoreError(error, where, kind === 'embedded')
    }
  }

  function refuseWriting(): void {
    if (kind !== 'reader') return
    throw new StoreError(
      `the store is read through ${where}, which is read-only: stop the process that holds it to write to it`,
      'READONLY',
    )
  }

  async function queryBytes(sql: string, format: string, params: QueryParams = {}): Promise<Buffer> {
    return attempt(async () => {
      // The engine knows more formats than the client's types do, and refuses an unknown one itself.
      const settings: Record<string, string> = { default_format: format }
      const result = await client.exec({
        query: sql,
        query_params: { ...params },
        clickhouse_settings: settings,
      })
      return buffer(result.stream)
    })
  }

  async function close(): Promise<void> {
    await client.close()
    await release()
  }

  return {
    kind,

    async query<Row>(sql: string, shape: ZodType<Row>, params: QueryParams = {}) {
      const rows = await attempt(async () => {
        const result = await client.query({ query: sql, format: 'JSONEachRow', query_params: { ...params } })
        return result.json<unknown>()
      })
      return rows.map((row, index) => checkRow(sql, shape, row, index))
    },

    async queryText(sql: string, format: string, params: QueryParams = {}) {
      return (await queryBytes(sql, format, params)).toString('utf8')
    },

    queryBytes,

    async insert(table: string, rows: readonly Record<string, unknown>[], { once }: InsertOptions = {}) {
      refuseWriting()
      if (rows.length === 0) return
      const settings = once === undefined ? '' : `SETTINGS ${onceSettings(table, rows.length, once)} `
      const { columns, text } = encodeRows(table, rows)
      const names = columns.map(quoteIdentifier).join(', ')
      const query = `INSERT INTO ${table} (${names}) ${settings}FORMAT JSONCompactEachRow\n${text}`
      await attempt(() => client.command({ query, clickhouse_settings: insertSettings }))
    },

    async insertBlocks(table: string, blocks: readonly EncodedBlock[]) {
      refuseWriting()
      const filled = blocks.filter(block => block.rows > 0)
      if (filled.length > 0) await attempt(() => insertBlocks(table, filled))
    },

    async command(sql: string) {
      refuseWriting()
      await attempt(() => client.command({ query: sql }))
    },

    close() {
      closing ??= close()
      return closing
    },
  }
}

/** As many rows as surely make one block, which is what a key is taken for. */
const ONCE_ROWS_MAX = 1_000

/** In the statement itself: in process, a setting sent beside it would stay for every later one. */
function onceSettings(table: string, rows: number, once: string): string {
  if (once === '' || rows > ONCE_ROWS_MAX) {
    throw new StoreError(
      `insert of ${rows} rows into ${table} once by key "${once}": expected a key, and at most ${ONCE_ROWS_MAX} rows`,
      'ONCE_UNSOUND',
    )
  }
  return `insert_deduplicate = 1, insert_deduplication_token = ${quoteText(once)}`
}

function checkRow<Row>(sql: string, shape: ZodType<Row>, row: unknown, index: number): Row {
  const checked = shape.safeParse(row)
  if (checked.success) return checked.data
  const issues = checked.error.issues.map(issue => `at "${issue.path.join('.')}": ${issue.message}`)
  const statement = sql.trim().replace(/\s+/g, ' ').slice(0, 200)
  throw new StoreError(`row ${index + 1} of «${statement}» has ${issues.join('; ')}`, 'UNEXPECTED_ROW')
}
