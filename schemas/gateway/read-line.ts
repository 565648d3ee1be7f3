import { isUtf8 } from 'node:buffer'
import { rejectLine } from './accept-request.ts'
import { type Envelope, recogniseEnvelope } from './envelope.ts'
import type {
  DeclaredFormat,
  DescribedLine,
  FileLines,
  LineSyntax,
  ParsedLine,
  RejectedParse,
} from './gateway-format.ts'

const BLANK: ParsedLine = { kind: 'blank' }

type Reader = Pick<DeclaredFormat, 'parseLine' | 'parseValue' | 'openFile' | 'describeLine'>
type Parse = (text: string) => ParsedLine

/** From bytes to requests: a line's text, out of its envelope, by its syntax. */
export function openReader(envelope: Envelope | null, syntax: LineSyntax): Reader {
  const { otherwise, parseList, readHeader } = syntax
  const parseSingle = compileSingle(syntax)
  const parseAlone = readHeader === null ? parseSingle : parseWithoutFile(syntax)
  const parseLine = (raw: Uint8Array) => readLine(raw, envelope, parseAlone, otherwise, null)
  const openFile = (before: string | null): FileLines => {
    const { header, streams } = readState(before)
    const file =
      readHeader === null ? { parse: parseSingle, header: () => null } : parseInFile(syntax, header)
    const begun = new Set(streams)
    return {
      parseLine: raw => readLine(raw, envelope, file.parse, otherwise, begun),
      header: () => writeState(file.header(), begun),
    }
  }
  // The end of a list is no list.
  const isOfFile = readHeader !== null || (envelope?.isInParts === true && parseList === null)
  return {
    parseLine,
    parseValue: value => readValue(value, envelope, syntax, isOfFile ? openFile(null).parseLine : parseLine),
    describeLine: raw => describeLine(raw, envelope, syntax),
    ...(isOfFile ? { openFile } : {}),
  }
}

/** Behind a line end stand the streams of which a line has begun and not ended. */
function writeState(header: string | null, begun: ReadonlySet<string>): string | null {
  return begun.size === 0 ? header : `${header ?? ''}\n${[...begun].join(' ')}`
}

function readState(before: string | null) {
  const [header = '', streams] = before?.split('\n') ?? []
  return { header: header === '' ? null : header, streams: streams?.split(' ') ?? [] }
}

/** A line of a file is known by its place, hence one request. */
function compileSingle({ parse, parseList, otherwise }: LineSyntax): Parse {
  if (parseList === null) return parse
  return text => {
    const [first = BLANK, ...more] = parseList(text)
    if (more.length === 0) return first
    return rejectLine(
      otherwise,
      `the line holds ${more.length + 1} requests; expected one in a line of a file`,
    )
  }
}

/** Each line by the columns that the last header before it names. */
function parseInFile(syntax: LineSyntax, before: string | null) {
  let header: string | null = null
  let current = syntax
  const parse: Parse = text => {
    const found = syntax.readHeader?.(text) ?? null
    if (found === null) return current.parse(text)
    if (found === 'comment') return BLANK
    current = found
    header = text
    return BLANK
  }
  if (before !== null) parse(before)
  return { parse, header: () => header }
}

/** Of a line alone nobody knows what came before it: it has the columns that the format declares. */
function parseWithoutFile(syntax: LineSyntax): Parse {
  return text => {
    const header = syntax.readHeader?.(text) ?? null
    if (header === null) return syntax.parse(text)
    if (header === 'comment' || header === syntax) return BLANK
    return rejectLine(syntax.otherwise, 'the line names other columns than the format declares')
  }
}

const NEWLINE = 0x0a

function readValue(
  value: Uint8Array,
  envelope: Envelope | null,
  syntax: LineSyntax,
  parseLine: (line: Uint8Array) => ParsedLine,
): readonly ParsedLine[] {
  const { parseList, otherwise } = syntax
  if (parseList !== null) {
    const parsed: ParsedLine[] = []
    const first = readLine(value, envelope, text => keepFirst(parseList(text), parsed), otherwise, null)
    return parsed.length === 0 ? [first] : parsed
  }
  const parsed: ParsedLine[] = []
  for (let start = 0; start < value.length; ) {
    const newline = value.indexOf(NEWLINE, start)
    const end = newline === -1 ? value.length : newline
    parsed.push(parseLine(value.subarray(start, end)))
    start = end + 1
  }
  return parsed
}

function keepFirst(list: readonly ParsedLine[], kept: ParsedLine[]): ParsedLine {
  // One that could not be read is told of with what is around it.
  if (list.length > 1 || list[0]?.kind === 'request') kept.push(...list)
  return list[0] ?? BLANK
}

function describeLine(raw: Uint8Array, envelope: Envelope | null, syntax: LineSyntax): DescribedLine | null {
  const line = trimLine(raw)
  if (line.length === 0) return null
  const text = textOf(line)
  if (envelope === null) return syntax.describe(text)
  const opened = envelope.open(text)
  return opened.kind === 'text' ? syntax.describe(opened.text) : null
}

function readLine(
  raw: Uint8Array,
  envelope: Envelope | null,
  parse: Parse,
  otherwise: LineSyntax['otherwise'],
  begun: Set<string> | null,
): ParsedLine {
  const line = trimLine(raw)
  if (line.length === 0) return BLANK
  const text = textOf(line)
  const parsed = envelope === null ? parse(text) : readEnveloped(text, envelope, parse, otherwise, begun)
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

function readEnveloped(
  text: string,
  envelope: Envelope,
  parse: Parse,
  otherwise: LineSyntax['otherwise'],
  begun: Set<string> | null,
): ParsedLine {
  const opened = envelope.open(text)
  switch (opened.kind) {
    case 'text': {
      // Whatever it looks like: what a caller sends may be cut where it is a line by itself.
      if (begun?.delete(opened.stream) === true)
        return rejectLine('line_truncated', `${envelope.name} holds only the end of the line`)
      const text = opened.text.trimStart()
      if (text === '') return BLANK
      return parse(text.endsWith('\r') ? text.slice(0, -1) : text)
    }
    case 'part':
      begun?.add(opened.stream)
      return rejectLine('line_truncated', `${envelope.name} holds only a part of the line`)
    case 'several':
      return rejectLine(otherwise, `${envelope.name} holds several lines; expected one`)
    case 'none':
      return rejectLine(otherwise, `the line does not begin as ${envelope.name} has it`)
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
