/** Shipping can't go on; `message` names the file or the log, what was found, and what to do. */
export class ShipError extends Error {
  override name = 'ShipError'
}

/** The operating system's word for what went wrong with a file, as an operator would say it. */
export function explainFileError(path: string, error: unknown): ShipError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  switch (code) {
    case 'ENOENT':
      return new ShipError(`${path}: there is no such file`, { cause: error })
    case 'EACCES':
    case 'EPERM':
      return new ShipError(`${path}: this user may not read it; give it read access`, { cause: error })
    case 'EISDIR':
      return new ShipError(`${path}: is a directory; expected a log file`, { cause: error })
    default:
      if (isOfDecoder(code)) {
        return damaged(path, messageOf(error), error)
      }
      return new ShipError(`${path}: can't be read: ${messageOf(error)}`, { cause: error })
  }
}

export function damaged(path: string, found: string, cause?: unknown): ShipError {
  return new ShipError(
    `${path}: its compressed data is cut off or damaged (${found}); the whole lines before that were shipped. ` +
      'Mend the file and ship it again: it goes on where it stopped',
    { cause },
  )
}

/** Of zlib, for gzip and for Zstandard. */
function isOfDecoder(code: string): boolean {
  return code.startsWith('Z_') || code.startsWith('ZSTD_')
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
