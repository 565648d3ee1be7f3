import { hash } from 'node:crypto'

/** How much of a file's start is looked at. */
export const HEAD_BYTES_MAX = 64 * 1024
/** So many lines of the start tell a file from others that begin alike. */
export const START_LINES_MAX = 64

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

type Head = {
  /** The first 16 hex digits of the first line's SHA-256. */
  readonly file: string
  /** How many bytes of the file that took. */
  readonly headBytes: number
}

/** What is known of a file's beginning. */
export type Start = Head & {
  /** After each of its first lines the digest of all until there. Those of a growing file become more. */
  readonly lineDigests: readonly string[]
}

/**
 * Identifies a file by its first line that isn't blank, so that it stays itself when it is renamed, compressed, copied
 * or shipped again. Looks at 64 KiB at most. Null while that line isn't complete, unless `atEnd` says that no more
 * will come; null for a file without any.
 */
function identifyFile(start: Buffer, atEnd: boolean): Head | null {
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

export function readStart(start: Buffer, atEnd: boolean): Start | null {
  const head = identifyFile(start, atEnd)
  return head === null ? null : { ...head, lineDigests: digestLines(start) }
}

/** After each whole line of the start the digest of it and of the digest before, hence of everything until there. */
function digestLines(start: Buffer): readonly string[] {
  const head = start.subarray(0, HEAD_BYTES_MAX)
  const digests: string[] = []
  for (let at = 0; digests.length < START_LINES_MAX; ) {
    const newline = head.indexOf(NEWLINE, at)
    if (newline === -1) break
    const before = Buffer.from(digests.at(-1) ?? '')
    digests.push(digestOf(Buffer.concat([before, head.subarray(at, newline + 1)])))
    at = newline + 1
  }
  return digests
}

export function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes).slice(0, 16)
}
