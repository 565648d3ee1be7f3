import { EventLogError } from '../event-log.ts'

/** SQLite's primary result codes (the low byte of an extended one) and what to do about each. */
const advice = new Map([
  [5, 'another process held the file for too long: look for one that is stuck, then try again'],
  [8, 'the file or its folder is read-only for this user: make both writable'],
  [10, 'the disk answered with an error: check the disk and its mount'],
  [11, 'the file is damaged: restore it from a backup, with its -wal file'],
  [13, 'the disk is full: free some space, then send the records again'],
  [14, 'the file could not be opened: check that its folder exists and is writable'],
  [26, 'the file is not an event log: name another path'],
])

/** What went wrong with the embedded log at `path`, for whoever runs it. */
export function explainSqliteError(path: string, error: unknown): EventLogError {
  if (error instanceof EventLogError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const code = sqliteCode(error)
  const what = code === null ? undefined : advice.get(code)
  return new EventLogError(`The event log ${path}: ${reason}${what === undefined ? '' : `; ${what}`}.`, {
    cause: error,
  })
}

function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode & 0xff
}
