import { DatabaseSync } from 'node:sqlite'
import { messageOf, ShipError } from '../obstacles/ship-error.ts'

const SQLITE_BUSY = 5

/**
 * Makes sure that one shipper at a time ships a source: two would each send what the other has sent.
 * The lock is SQLite's on its file, hence the operating system's: it ends with the process that holds it, however that
 * ends, and can't be mistaken for another process that got the same number. Answers how to let go of it.
 */
export function lockSource(path: string, source: string): () => void {
  const database = openLock(path)
  try {
    database.exec('BEGIN IMMEDIATE')
    database.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL); DELETE FROM holder')
    database.prepare('INSERT INTO holder VALUES (?)').run(process.pid)
    database.exec('COMMIT; BEGIN IMMEDIATE')
    return () => database.close()
  } catch (error) {
    const holder = isBusy(error) ? readHolder(database) : null
    database.close()
    if (!isBusy(error)) throw new ShipError(`${path}: can't be locked: ${messageOf(error)}`, { cause: error })
    const other = holder === null ? 'another process' : `another process (${holder})`
    throw new ShipError(
      `the source ${JSON.stringify(source)} is being shipped by ${other}; ` +
        'stop that one, or give this one another source name',
    )
  }
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw new ShipError(`${path}: can't be opened: ${messageOf(error)}`, { cause: error })
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}

function readHolder(database: DatabaseSync): number | null {
  try {
    const row = database.prepare('SELECT pid FROM holder').get()
    return typeof row?.pid === 'number' ? row.pid : null
  } catch {
    return null
  }
}
