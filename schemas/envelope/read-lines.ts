import type { UnwrappedLine } from './unwrapped-line.ts'

const LINE_FEED = 0x0a

/** One line, or several with line feeds between them. */
export function readLines(value: Buffer): readonly UnwrappedLine[] {
  const lines: UnwrappedLine[] = []
  for (let start = 0; start < value.length; ) {
    const found = value.indexOf(LINE_FEED, start)
    const end = found === -1 ? value.length : found
    lines.push({ kind: 'line', bytes: value.subarray(start, end) })
    start = end + 1
  }
  return lines
}
