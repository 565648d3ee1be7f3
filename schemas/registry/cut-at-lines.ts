import { isUtf8 } from 'node:buffer'

/** Far longer than a row of a registry, and far shorter than a file without line ends. */
const LINE_BYTES_MAX = 65_536
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** A line that can't be read. `line` counts from 1. */
export class LineFault extends Error {
  override name = 'LineFault'
  readonly line: number
  constructor(line: number, detail: string) {
    super(detail)
    this.line = line
  }
}

/**
 * Whole lines of UTF-8 from bytes in whatever pieces, with a line feed alone at the end of each: a file is the same
 * whichever system wrote it. Throws LineFault at the first line that is no UTF-8, or longer than a row can be.
 */
export async function* cutAtLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let line = 1
  let rest: Uint8Array = new Uint8Array()
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    // A carriage return may have its line feed in the next chunk.
    const end = 1 + Math.max(bytes.lastIndexOf(LINE_FEED), bytes.lastIndexOf(CARRIAGE_RETURN, -2))
    const lines = withLineFeeds(bytes.subarray(0, end))
    checkUtf8(lines, line)
    line += countLines(lines)
    rest = bytes.subarray(end)
    if (rest.length > LINE_BYTES_MAX) {
      throw new LineFault(line, `the line has more than ${LINE_BYTES_MAX} bytes; expected at most so many`)
    }
    if (lines.length > 0) yield lines
  }
  checkUtf8(rest, line)
  if (rest.length > 0) yield withLineFeeds(rest)
}

/** Neither is ever a part of another character. */
function withLineFeeds(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(CARRIAGE_RETURN)) return bytes
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  return Buffer.from(text.replace(/\r\n?/g, '\n'), 'latin1')
}

function checkUtf8(bytes: Uint8Array, firstLine: number): void {
  if (isUtf8(bytes)) return
  let line = firstLine
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf(LINE_FEED, start)
    const end = feed === -1 ? bytes.length : feed + 1
    if (!isUtf8(bytes.subarray(start, end))) break
    start = end
  }
  throw new LineFault(line, 'the line is no UTF-8; expected UTF-8 text')
}

function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) lines += 1
  return lines
}
