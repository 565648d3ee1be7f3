import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { explainSqliteError } from './explain-error.ts'

const countShape = z.object({ partition_count: z.int() }).optional()

/**
 * How many partitions the topic has in the file; null where one or the other is still to be made. Looks and changes
 * nothing. Throws EventLogError when the file can't be read as an event log.
 */
export function inspectEmbeddedLog(path: string, topic: string): number | null {
  if (!existsSync(path)) return null
  try {
    const database = new DatabaseSync(addressOf(path), { readOnly: true })
    try {
      const isEmpty =
        database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'topics'").get() === undefined
      if (isEmpty) return null
      const row = database.prepare('SELECT partition_count FROM topics WHERE name = ?').get(topic)
      return countShape.parse(row)?.partition_count ?? null
    } finally {
      database.close()
    }
  } catch (error) {
    throw explainSqliteError(path, error)
  }
}

/** Where nobody has it open, SQLite would leave files of its own beside it, unless it is told that nothing changes. */
function addressOf(path: string): URL {
  const address = pathToFileURL(path)
  if (!existsSync(`${path}-wal`)) address.searchParams.set('immutable', '1')
  return address
}
