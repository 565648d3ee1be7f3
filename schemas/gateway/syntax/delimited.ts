import type { Declaration } from '../declaration.ts'
import { GatewayFormatError } from '../gateway-format-error.ts'
import { type FieldReader, type Header, Unreadable } from './field-reader.ts'

type W3cText = Extract<Declaration['text'], { syntax: 'w3c' }>
type DelimitedText = Extract<Declaration['text'], { syntax: 'delimited' }>
type Cut = readonly string[]

/** However it is written: were it taken for a comment, lines would be read by the columns before it. */
const FIELDS = /^#[#\s]*fields\b\s*:?/i
/** `#Date: …`. Another line that begins so is none of them, and must not vanish. */
const DIRECTIVE = /^#\s*[A-Za-z-]+\s*:/

/**
 * W3C's extended log format, one character between fields. `#Fields:` names the columns of the lines after it, and may
 * come again with others in the middle of a file; lines before any are read by the columns that the format declares.
 */
export function readW3cFields(text: W3cText, columns: readonly string[] | undefined): FieldReader<Cut> {
  const { separator } = text
  const decode = text.spaces === 'plus' ? decodePlus : decodePercent
  const reader = readColumns(columns, decode)
  return {
    ...reader,
    namesOwnColumns: true,
    cut: line => {
      if (columns === undefined)
        return new Unreadable('line_not_combined', 'no #Fields: has come before the line')
      const values = line.split(separator, columns.length + 1)
      return values.length === columns.length ? values : describeCount(values.length, columns.length)
    },
    readHeader,
  }
}

function readHeader(line: string): Header {
  if (!line.startsWith('#')) return { kind: 'none' }
  const found = FIELDS.exec(line)
  if (found === null) return { kind: DIRECTIVE.test(line) ? 'comment' : 'none' }
  return { kind: 'columns', columns: line.slice(found[0].length).trim().split(/\s+/) }
}

/** Values between one character, in quotes where they hold it; a quote within is doubled. */
export function readDelimitedFields({ separator, columns }: DelimitedText): FieldReader<Cut> {
  return {
    ...readColumns(columns, text => text),
    cut: line => {
      const values = line.includes('"')
        ? splitQuoted(line, separator, columns.length + 1)
        : line.split(separator, columns.length + 1)
      if (values === null)
        return new Unreadable(
          'line_truncated',
          'a quoted value ends nowhere, or something stands beside its quotes',
        )
      return values.length === columns.length ? values : describeCount(values.length, columns.length)
    },
  }
}

function readColumns(
  columns: readonly string[] | undefined,
  decode: (text: string) => string,
): Omit<FieldReader<Cut>, 'cut'> {
  const shared = {
    otherwise: 'line_not_combined',
    isPositional: true,
    cutList: null,
    readHeader: null,
  } as const
  // Which fields there are is told by a file alone.
  if (columns === undefined)
    return { ...shared, known: 'a name of #Fields:', names: [], field: () => () => undefined }
  const repeated = columns.find((name, index) => columns.indexOf(name) !== index)
  if (repeated !== undefined)
    throw new GatewayFormatError(`the column ${JSON.stringify(repeated)} is there twice`)
  return {
    ...shared,
    known: columns.join(', '),
    names: columns,
    field: name => {
      const index = columns.indexOf(name)
      return index === -1 ? null : values => decode(values[index] ?? '')
    },
  }
}

function describeCount(found: number, expected: number): Unreadable {
  return found < expected
    ? new Unreadable('line_truncated', `the line has ${found} fields; expected ${expected}`)
    : new Unreadable('line_not_combined', `the line has more than ${expected} fields`)
}

function splitQuoted(line: string, separator: string, most: number): string[] | null {
  const values: string[] = []
  let at = 0
  while (values.length < most) {
    if (line[at] !== '"') {
      const end = line.indexOf(separator, at)
      const value = line.slice(at, end === -1 ? line.length : end)
      // Its quotes are no part of it, and where it ends is not told for certain.
      if (value.trimStart().startsWith('"')) return null
      values.push(value)
      if (end === -1) return values
      at = end + 1
      continue
    }
    const end = findClosing(line, at)
    if (end === -1) return null
    values.push(line.slice(at + 1, end).replaceAll('""', '"'))
    if (end + 1 === line.length) return values
    if (line[end + 1] !== separator) return null
    at = end + 2
  }
  return values
}

function findClosing(line: string, open: number): number {
  let at = line.indexOf('"', open + 1)
  while (at !== -1 && line[at + 1] === '"') at = line.indexOf('"', at + 2)
  return at
}

/** IIS writes a + for a space, and for a + as well. */
function decodePlus(text: string): string {
  return text.includes('+') ? text.replaceAll('+', ' ') : text
}

/** Bytes that are no UTF-8 become U+FFFD, which no counted field may hold. CloudFront encodes what it encodes twice. */
function decodePercent(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, bytes =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}
