import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** How long a statement waits for another process's transaction. */
const BUSY_TIMEOUT_MS = 10_000

/**
 * The file and its folder are made when missing, for this user alone: what stands in it is of other people. SQLite
 * gives the files beside it the same permissions.
 */
export function openDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
  return new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
}

/** All that `step` does to the database, or nothing of it; no other process writes in between. */
export function inTransaction<Value>(database: DatabaseSync, step: () => Value): Value {
  database.exec('BEGIN IMMEDIATE')
  try {
    const value = step()
    database.exec('COMMIT')
    return value
  } catch (error) {
    // A full disk may have rolled it back already.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
