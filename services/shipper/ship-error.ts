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
    case 'Z_BUF_ERROR':
    case 'Z_DATA_ERROR':
      return new ShipError(
        `${path}: its gzip data is cut off or damaged (${messageOf(error)}); the whole lines before that were ` +
          'shipped. Mend the file and ship it again: it goes on where it stopped',
        { cause: error },
      )
    default:
      return new ShipError(`${path}: can't be read: ${messageOf(error)}`, { cause: error })
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
