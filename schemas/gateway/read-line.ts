import { isUtf8 } from 'node:buffer'
import { rejectLine } from './accept-request.ts'
import { type Envelope, recogniseEnvelope } from './envelope.ts'
import type { LineSyntax, ParsedLine, RejectedParse } from './gateway-format.ts'

const BLANK: ParsedLine = { kind: 'blank' }

/** From bytes to a request: the line's text, out of its envelope, by its syntax. */
export function readLine(raw: Uint8Array, envelope: Envelope | null, syntax: LineSyntax): ParsedLine {
  const line = trimLine(raw)
  if (line.length === 0) return BLANK
  const text = textOf(line)
  const parsed = envelope === null ? syntax.parse(text) : readEnveloped(text, envelope, syntax)
  if (parsed.kind !== 'rejected') return parsed
  if (UNREADABLE.has(parsed.reason) && !isUtf8(line)) {
    return rejectLine('line_not_utf8', 'the line could not be read, and is not valid UTF-8')
  }
  return envelope === null ? hintAtEnvelope(parsed, text) : parsed
}

const UNREADABLE: ReadonlySet<string> = new Set(['line_not_json', 'line_not_combined', 'line_truncated'])
/** Docker's envelope is JSON too, and has no client. */
const PERHAPS_ENVELOPED: ReadonlySet<string> = new Set([...UNREADABLE, 'client_missing'])

function hintAtEnvelope(rejected: RejectedParse, text: string): RejectedParse {
  const around = PERHAPS_ENVELOPED.has(rejected.reason) ? recogniseEnvelope(text) : null
  if (around === null) return rejected
  return rejectLine(
    rejected.reason,
    `${rejected.detail}; it begins as ${around} has it: try --format ${around}+…`,
  )
}

function readEnveloped(text: string, envelope: Envelope, syntax: LineSyntax): ParsedLine {
  const opened = envelope.open(text)
  switch (opened.kind) {
    case 'text': {
      const text = opened.text.trimStart()
      if (text === '') return BLANK
      return syntax.parse(text.endsWith('\r') ? text.slice(0, -1) : text)
    }
    case 'part':
      return rejectLine('line_truncated', `${envelope.name} holds only a part of the line`)
    case 'none':
      return rejectLine(syntax.otherwise, `the line does not begin as ${envelope.name} has it`)
  }
}

const NUL = 0x00
const TAB = 0x09
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const BYTE_ORDER_MARK_START = 0xef

/**
 * The line without white space before it and its line end; empty when it is blank. Before it may also stand a byte
 * order mark, and the NULs of a hole: a file that was cut to nothing under a writer that went on, or a power failure.
 * A space at its end stays, since an empty last field is one.
 */
function trimLine(line: Uint8Array): Uint8Array {
  let start = 0
  let end = line.length
  while (start < end && !isText(line[start])) {
    if (isSpace(line[start])) start += 1
    else if (hasByteOrderMark(line, start)) start += 3
    else break
  }
  while (end > start && (line[end - 1] === CARRIAGE_RETURN || line[end - 1] === NUL)) end -= 1
  return start === 0 && end === line.length ? line : line.subarray(start, end)
}

function isText(byte = 0): boolean {
  return byte > SPACE && byte < BYTE_ORDER_MARK_START
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB || byte === CARRIAGE_RETURN || byte === NUL
}

function hasByteOrderMark(line: Uint8Array, at: number): boolean {
  return line[at] === BYTE_ORDER_MARK_START && line[at + 1] === 0xbb && line[at + 2] === 0xbf
}

/**
 * The line's text. Bytes that are no UTF-8 become U+FFFD, which no counted field may hold. In any other field they
 * don't matter: a gateway writes the path that a client asked for, and asking for /%ff must not make a request free.
 */
function textOf(line: Uint8Array): string {
  const buffer = Buffer.isBuffer(line) ? line : Buffer.from(line.buffer, line.byteOffset, line.byteLength)
  return buffer.toString('utf8')
}
