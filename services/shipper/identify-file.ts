import { createHash } from 'node:crypto'

/** How much of a file's start is looked at. */
export const HEAD_BYTES_MAX = 64 * 1024

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

export type Head = {
  /** What the file is known by, whatever it is called: the first 16 hex digits of its first line's SHA-256. */
  readonly file: string
  /** How many bytes of the file that took; while these stay the same, the file does. */
  readonly headBytes: number
}

/**
 * Identifies a file by its first line that isn't blank, so that it stays itself when it is renamed, compressed, copied
 * or shipped again. Looks at 64 KiB at most. Null while that line isn't complete, unless `atEnd` says that no more
 * will come; null for a file without any.
 */
export function identifyFile(start: Buffer, atEnd: boolean): Head | null {
  const head = start.subarray(0, HEAD_BYTES_MAX)
  let lineStart = 0
  while (head[lineStart] === NEWLINE || head[lineStart] === CARRIAGE_RETURN) lineStart += 1
  const newline = head.indexOf(NEWLINE, lineStart)
  if (newline === -1 && head.length < HEAD_BYTES_MAX && !atEnd) return null
  const lineEnd = newline === -1 ? head.length : newline
  if (lineEnd === 0) return null
  // Nothing but blank lines: they are all there is to know it by.
  const line = lineStart < lineEnd ? head.subarray(lineStart, lineEnd) : head
  return { file: digestOf(line), headBytes: newline === -1 ? head.length : newline + 1 }
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}
