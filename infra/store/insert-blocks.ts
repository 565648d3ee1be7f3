import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import type { EncodedBlock } from './column-block.ts'
import { encodeNative } from './encode-native.ts'
import { quoteIdentifier, quoteText } from './quote-sql.ts'
import { StoreUnavailableError } from './store.ts'

/** Inserts blocks of the same columns. Resolves once their rows are durable. */
export type InsertBlocks = (table: string, blocks: readonly EncodedBlock[]) => Promise<void>

/** No two rows have one key, to be merged ahead. */
const BULK_SETTINGS = { optimize_on_insert: 0 } as const satisfies ClickHouseSettings

/** To a server: the bytes are the request's body. */
export function sendBlocks(client: ClickHouseClient, settings: ClickHouseSettings): InsertBlocks {
  return async (table, blocks) => {
    const answer = await client.exec({
      query: `INSERT INTO ${table} (${namesOf(blocks)}) FORMAT Native`,
      values: Readable.from(encodeNative(blocks)),
      clickhouse_settings: { ...settings, ...BULK_SETTINGS },
    })
    await buffer(answer.stream)
  }
}

/**
 * Into the embedded engine. It has an insert's data go through its SQL lexer and takes none that are binary: a file
 * without a name does neither. It is gone from the folder before anything is written to it, so that a kill leaves
 * no rows behind.
 */
export function insertThroughFile(client: ClickHouseClient, folder: string): InsertBlocks {
  return async (table, blocks) => {
    const file = await openNameless(folder)
    try {
      await writeAll(file, encodeNative(blocks))
      const names = namesOf(blocks)
      await client.command({
        query: `INSERT INTO ${table} (${names})
SELECT ${names} FROM file(${file.fd}, Native, ${quoteText(structureOf(blocks))})
                SETTINGS optimize_on_insert = ${BULK_SETTINGS.optimize_on_insert}, max_threads = 1`,
      })
    } finally {
      await file.close()
    }
  }
}

async function openNameless(folder: string): Promise<FileHandle> {
  const path = join(folder, `insert-${randomUUID()}`)
  const file = await open(path, 'wx+')
  try {
    await unlink(path)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** At a position, so that the file is read from its beginning. */
async function writeAll(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const { bytesWritten } = await file.writev(chunks, 0)
  if (bytesWritten < bytes) throw new StoreUnavailableError(`the disk took ${bytesWritten} of ${bytes} bytes`)
}

function namesOf([first]: readonly EncodedBlock[]): string {
  return (first?.columns ?? []).map(({ name }) => quoteIdentifier(name)).join(', ')
}

function structureOf([first]: readonly EncodedBlock[]): string {
  return (first?.columns ?? []).map(({ name, type }) => `${quoteIdentifier(name)} ${type}`).join(', ')
}
