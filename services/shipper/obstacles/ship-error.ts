import type { ObstacleReason } from '@forbruk/schemas/event/obstacle-reason.ts'

/** Shipping can't go on; `message` names the file or the log, what was found, and what to do. */
export class ShipError extends Error {
  override name = 'ShipError'
}

/** A file can't be read, or can't be told from another. */
export class FileError extends ShipError {
  override name = 'FileError'
  readonly reason: ObstacleReason
  /** What it is called on the wire, once that is known. */
  file: string | null = null

  constructor(reason: ObstacleReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
  }
}

/** The operating system's word for what went wrong with a file, as an operator would say it. */
export function explainFileError(path: string, error: unknown): FileError {
  const code = codeOf(error)
  switch (code) {
    case 'ENOENT':
      return new FileError('gone', `${path}: there is no such file`, error)
    case 'EACCES':
    case 'EPERM':
      return new FileError('unreadable', `${path}: this user may not read it; give it read access`, error)
    case 'EISDIR':
      return new FileError('unreadable', `${path}: is a directory; expected a log file`, error)
    default:
      if (isOfDecoder(code)) return damaged(path, messageOf(error), error)
      return new FileError('unreadable', `${path}: can't be read: ${messageOf(error)}`, error)
  }
}

export function damaged(path: string, found: string, cause?: unknown): FileError {
  return new FileError(
    'damaged',
    `${path}: its compressed data is cut off or damaged (${found}); the whole lines before that were shipped. ` +
      'Mend the file and ship it again: it goes on where it stopped',
    cause,
  )
}

/** The last line of a copy, of which an earlier run may have sent more. */
export function cutOff(path: string): FileError {
  return new FileError(
    'damaged',
    `${path}: ends in half a line, which may have been sent whole before shipping was stopped; the whole lines ` +
      'before it were shipped. Put a file in its place that holds the line, or give up the half',
  )
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Of zlib, for gzip and for Zstandard. */
function isOfDecoder(code: string): boolean {
  return code.startsWith('Z_') || code.startsWith('ZSTD_')
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
