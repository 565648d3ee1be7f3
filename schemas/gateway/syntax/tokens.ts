import type { Declaration } from '../declaration.ts'
import { GatewayFormatError } from '../gateway-format-error.ts'
import { addressOfPeer, withoutPort } from '../remote-address.ts'
import { BROKEN, type FieldReader, Unreadable } from './field-reader.ts'
import { type Piece, parseTemplate } from './parse-template.ts'
import { QUOTING, type Quoting } from './quotes.ts'
import {
  EMPTY_USER,
  type Missed,
  type Span,
  type Step,
  stepOverField,
  stepOverLiteral,
} from './token-steps.ts'

type TokensText = Extract<Declaration['text'], { syntax: 'tokens' }>
type Cut = {
  line: string
  /** Where the fields begin that a line may lack: the space before the first of them, or the line's end. */
  restStart: number
}
type Field = (cut: Cut) => unknown

const EXTRA_FIELDS_MAX = 32
const EXTRA_FIELD = /^extra([1-9]\d?)$/

/**
 * A line of fields, as `text.line` has it. Each of those up to the last that a request needs must look like what it is
 * and stand at its place, so that something before it can't move a word into the user's. Those behind are looked for
 * when one of them is asked for: what is broken there costs no request.
 *
 * @throws GatewayFormatError
 */
export function readTokenFields(text: TokensText, needed: readonly string[]): FieldReader<Cut> {
  const pieces = parseTemplate(text)
  const fixedCount = countFixed(pieces, needed)
  const fixed = new Map<string, Field>()
  const steps = pieces
    .slice(0, fixedCount)
    .map((piece, index) => compileStep(piece, pieces[index - 1], text, fixed, index < 2))
  const quotesMost = mostQuotes(pieces, text)
  const another = ANOTHER_LINE[text.escapes]
  const rest = compileRest(pieces.slice(fixedCount), text)
  // One for all lines: none outlives the next.
  const cut: Cut = { line: '', restStart: 0 }
  return {
    otherwise: 'line_not_combined',
    isPositional: true,
    known: describeKnown(pieces, text),
    names: pieces.flatMap(piece => (piece.kind === 'field' ? [piece.name] : [])),
    cut: line => {
      if (quotesMost !== null && holdsMoreQuotes(line, quotesMost)) return TOO_MANY_QUOTES
      let at = 0
      let isEmptyWord = false
      let index = 0
      for (const step of steps) {
        const next = step(line, at)
        if (typeof next !== 'number') return describeMissed(next)
        if (next === at && isWord(pieces[index])) isEmptyWord = true
        at = next
        index += 1
      }
      if (isEmptyWord && NUMBER_BEHIND.test(line.slice(at))) return SHIFTED
      if (another !== null && line.includes('] "', at) && another.test(line.slice(at))) return TWO_LINES
      cut.line = line
      cut.restStart = at
      return cut
    },
    cutList: null,
    field: name => fixed.get(name) ?? rest(name),
    readHeader: null,
  }
}

/**
 * A user in front of unescaped quotes can hold a whole request of its own. Such a line has more quotes than its format;
 * null where a quote can't come from anybody before the request.
 */
function mostQuotes(pieces: readonly Piece[], { escapes }: TokensText): number | null {
  const fields = pieces.filter(piece => piece.kind === 'field')
  if (escapes !== 'none' || !fields.some(({ shape }) => shape === 'user')) return null
  return 2 * fields.filter(({ shape }) => shape === 'quoted' || shape === 'request').length
}

/** An empty user is two of them, and nobody else's. */
function holdsMoreQuotes(line: string, most: number): boolean {
  const allowed = line.includes(EMPTY_USER) ? most + 2 : most
  return countQuotes(line, 0, allowed) > allowed
}

const TOO_MANY_QUOTES = new Unreadable(
  'line_not_combined',
  'the line has more quotes than its fields: a caller may have written some of them, and which is not told',
)

function isWord(piece: Piece | undefined): boolean {
  return piece?.kind === 'field' && piece.shape === 'word'
}

const NUMBER_BEHIND = /^ [\d-]\d*(?: |$)/
const SHIFTED = new Unreadable(
  'line_not_combined',
  'two spaces stand before a field, and one field too many behind them: which of them is missing is not told',
)

const TIME_AND_QUOTE = String.raw`\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d[^\]"]{0,20}\] "`
/**
 * Time, request and status of another line: a write that broke off has none between. A quote that a caller sends is
 * escaped, so that nobody else can write them; where none is, there are more quotes than fields.
 */
const ANOTHER_LINE: Readonly<Record<TokensText['escapes'], RegExp | null>> = {
  backslash: new RegExp(String.raw`${TIME_AND_QUOTE}(?:[^"\\]|\\.)*" [\d-]`),
  hex: new RegExp(`${TIME_AND_QUOTE}[^"]*" [\\d-]`),
  hash: new RegExp(`${TIME_AND_QUOTE}[^"]*" [\\d-]`),
  percent: null,
  none: null,
}

const TWO_LINES = new Unreadable(
  'line_not_combined',
  'another line begins within the line: one of them was not written to its end',
)

function describeMissed({ kind, part }: Missed): Unreadable {
  return kind === 'cut_off'
    ? new Unreadable('line_truncated', `the line ends within ${part}`)
    : new Unreadable('line_not_combined', `expected ${part} and found something else`)
}

/** The pieces up to the last that a line can't do without, or that isn't told from the next by a space. */
function countFixed(pieces: readonly Piece[], needed: readonly string[]): number {
  const unknown = needed.find(name => !pieces.some(piece => piece.kind === 'field' && piece.name === name))
  if (unknown !== undefined) throw new GatewayFormatError(`the line has no $${unknown}`)
  const isFixed = (piece: Piece, index: number) => {
    if (piece.kind === 'literal') return false
    const before = pieces[index - 1]
    const isApart = before?.kind === 'literal' && before.text === ' '
    return needed.includes(piece.name) || !isApart || (piece.shape !== 'word' && piece.shape !== 'quoted')
  }
  return pieces.findLastIndex(isFixed) + 1
}

function compileStep(
  piece: Piece,
  before: Piece | undefined,
  { escapes, padded }: TokensText,
  fixed: Map<string, Field>,
  isFirst: boolean,
): Step {
  if (piece.kind === 'literal') {
    const behind = !isFirst && before?.kind === 'field' ? before.name : null
    return stepOverLiteral(piece.text, padded === true, behind)
  }
  const span: Span = { start: 0, end: 0 }
  const { name, shape } = piece
  const { decode } = QUOTING[escapes]
  const read = shape === 'address_port' ? withoutPort : shape === 'peer' ? addressOfPeer : decode
  fixed.set(name, ({ line }) => read(line.slice(span.start, span.end)))
  for (let number = 1; shape === 'captures' && number <= CAPTURES_MAX; number++) {
    fixed.set(`${name}${number}`, ({ line }) => {
      const value = line.slice(span.start, span.end).split('|', number)[number - 1]
      return value === undefined ? undefined : decode(value)
    })
  }
  const isApart = before?.kind !== 'literal' || before.text !== ' '
  return stepOverField(piece, span, QUOTING[escapes], isApart)
}

const CAPTURES_MAX = 16

/** Fields behind the fixed ones: a space before each, in quotes or not. */
function compileRest(
  pieces: readonly Piece[],
  { escapes, extras, padded }: TokensText,
): (name: string) => Field | null {
  const names: string[] = []
  let quoted = 0
  for (const piece of pieces) {
    if (piece.kind === 'field') {
      names.push(piece.name)
      if (piece.shape === 'quoted') quoted += 1
    }
  }
  const rule: RestRule = {
    quoting: QUOTING[escapes],
    quotes: escapes === 'none' ? 2 * quoted : null,
    isPadded: padded === true,
  }
  return name => {
    const extra = extras === true ? Number(EXTRA_FIELD.exec(name)?.[1] ?? 0) : 0
    if (extra > EXTRA_FIELDS_MAX) return null
    const index = extra > 0 ? names.length + extra - 1 : names.indexOf(name)
    return index === -1 ? null : cut => readRest(cut, index, rule)
  }
}

const SPACE = 0x20
const QUOTE = 0x22

type RestRule = {
  readonly quoting: Quoting
  /** How many there are, where a caller's are written like the gateway's. */
  readonly quotes: number | null
  readonly isPadded: boolean
}

/**
 * A field of the rest, by how many stand before it. Undefined when the line ends before; broken when something before
 * is: a quote that stays open or that something else follows. Two spaces have an empty field between. Where quotes
 * aren't escaped, as many are in the line as the format has, or nobody knows which is whose.
 */
function readRest({ line, restStart }: Cut, index: number, { quoting, quotes, isPadded }: RestRule): unknown {
  if (quotes !== null && countQuotes(line, restStart, quotes) !== quotes) return BROKEN
  let at = restStart
  for (let passed = 0; at < line.length; passed++) {
    while (isPadded && line.charCodeAt(at + 1) === SPACE) at += 1
    const start = at + 1
    const isQuoted = line.charCodeAt(start) === QUOTE
    const end = isQuoted ? quoting.findQuote(line, start) : line.indexOf(' ', start)
    if (isQuoted && end === -1) return BROKEN
    at = isQuoted ? end + 1 : end === -1 ? line.length : end
    if (at < line.length && line.charCodeAt(at) !== SPACE) return BROKEN
    if (passed === index) return quoting.decode(isQuoted ? line.slice(start + 1, end) : line.slice(start, at))
  }
  return undefined
}

function countQuotes(line: string, from: number, most: number): number {
  let count = 0
  for (let at = line.indexOf('"', from); at !== -1 && count <= most; at = line.indexOf('"', at + 1))
    count += 1
  return count
}

function describeKnown(pieces: readonly Piece[], { extras }: TokensText): string {
  const names = pieces.flatMap(piece => {
    if (piece.kind === 'literal') return []
    return piece.shape === 'captures' ? [`${piece.name}1, ${piece.name}2 …`] : [piece.name]
  })
  return extras === true ? `${names.join(', ')}, or extra1 to extra${EXTRA_FIELDS_MAX}` : names.join(', ')
}
