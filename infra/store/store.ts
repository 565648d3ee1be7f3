import type { ZodType } from 'zod'
import type { EncodedBlock } from './column-block.ts'

/**
 * The store: ClickHouse, as a server or embedded in this process, through one client.
 * 64-bit integers arrive as strings (their shape decides what they become), times as ClickHouse prints them in UTC.
 */
export interface Store {
  /** 'server' and 'embedded' can be written to; 'reader' is another process's embedded store, by its endpoint. */
  readonly kind: 'server' | 'embedded' | 'reader'

  /** Rows of a SELECT, each checked against `shape`. `params` are bound by the server: `{name:Type}` in the SQL. */
  query<Row>(sql: string, shape: ZodType<Row>, params?: QueryParams): Promise<Row[]>

  /** The answer in any ClickHouse output format, as text. */
  queryText(sql: string, format: string, params?: QueryParams): Promise<string>

  /** The same as bytes, for formats that are no text, such as Parquet. */
  queryBytes(sql: string, format: string, params?: QueryParams): Promise<Buffer>

  /** Resolves once the rows are durable. No rows, no statement. */
  insert(table: string, rows: readonly Record<string, unknown>[], options?: InsertOptions): Promise<void>

  /** The same of very many rows: one insert of blocks that have the same columns. */
  insertBlocks(table: string, blocks: readonly EncodedBlock[]): Promise<void>

  /** DDL and other statements without an answer. */
  command(sql: string): Promise<void>

  close(): Promise<void>
}

export type InsertOptions = {
  /**
   * A key under which rows are inserted into the table at most once, whoever comes first, however many come at a time:
   * a later insert with the same key writes nothing and doesn't say so. Read back who holds it: `putIfAbsent` does.
   *
   * Holds on a table with a deduplication window (see put-if-absent.ts), without PARTITION BY, for at most a thousand
   * rows, so that they are one block.
   */
  readonly once?: string
}

export type QueryParams = Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>

/** The store could not be reached or was too busy; the same call may succeed later. */
export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError'
}

/** The store answered that the statement is wrong, or can't be opened as it is; the same call fails again. */
export class StoreError extends Error {
  override name = 'StoreError'
  readonly code: string
  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
