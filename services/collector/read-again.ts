import type { DeclaredFormat, ParsedLine } from '@forbruk/schemas/gateway/gateway-format.ts'
import { fingerprintOf } from '@forbruk/schemas/rejected/line-fingerprint.ts'
import { isSameText, type OriginalLine, type WantedLine } from '@forbruk/schemas/rejected/original-line.ts'
import { BOUNDS } from './bounds.ts'
import { type Piece, readByFormat } from './read-texts.ts'
import { splitBody } from './split-body.ts'
import { fingerprintKeyOf, identify, NO_IDENTITY, toBodyKey } from './to-records.ts'

type ReadAgainOptions = {
  readonly source: string
  /** What its sender sent and has kept: whole bodies, or any of their lines. */
  readonly bodies: readonly Buffer[]
  /** Asked for once a line is found. */
  readonly openFormat: () => DeclaredFormat
  /** Of all tokens that the source has or had. */
  readonly tokenHashes: readonly string[]
  /** The Idempotency-Key that the bodies came with, in a format that has no ids. */
  readonly bodyKey: string | null
}

/** `several`: alike to the byte, and known by where they stand in their body alone. */
type Found = 'several' | TextFound
type TextFound = { readonly text: Buffer; readonly pieces: readonly ParsedLine[] }

/**
 * Finds lines that were rejected among what their sender has kept, by their fingerprints, and reads them as they would
 * be read if they came now: with the id that they would have. Answers in the order of what is wanted.
 */
export function readAgain(wanted: readonly WantedLine[], options: ReadAgainOptions): OriginalLine[] {
  const { source, bodies, tokenHashes } = options
  const asked = new Set(wanted.flatMap(({ fingerprint }) => fingerprint ?? []))
  const keys = tokenHashes.map(fingerprintKeyOf)
  const found = new Map<string, Found>()
  if (asked.size > 0 && keys.length > 0) {
    for (const body of bodies) findTexts(body, { asked, keys, found }, options)
  }
  return wanted.map(line => {
    const { fingerprint } = line
    if (fingerprint === null)
      return leave('unreadable', `${HTTP}, without a token, so that nothing proves a line: ${ELSE}`)
    if (bodies.length === 0)
      return leave(
        'unreadable',
        `${HTTP}: hand in what its sender has kept by forbruk rejected replay --file, or ${ELSE}`,
      )
    if (keys.length === 0)
      return leave(
        'unreadable',
        `FORBRUK_COLLECTOR_TOKENS has no token of ${source} here, and the line is told by one`,
      )
    const text = found.get(fingerprint)
    if (text === 'several')
      return leave(
        'several_texts',
        'several lines are alike, and nothing tells which of them it is: mend it by its place',
      )
    if (text === undefined || !isSameText(line, text.text, text.text.length))
      return leave('other_text', `no line of what was handed in is it, by any token of ${source}`)
    const [parsed, ...others] = text.pieces
    if (parsed === undefined || others.length > 0)
      return leave(
        'several_requests',
        `${text.pieces.length} requests stand in the line, for one that was rejected; have it sent again`,
      )
    return { kind: 'found', parsed }
  })
}

const HTTP = 'it came over HTTP and is kept nowhere'
const ELSE = 'mend it by its place, or have it sent again and waive it'

type Search = {
  readonly asked: ReadonlySet<string>
  readonly keys: readonly Buffer[]
  readonly found: Map<string, Found>
}

function findTexts(body: Buffer, { asked, keys, found }: Search, options: ReadAgainOptions): void {
  const texts = splitBody(body, Number.MAX_SAFE_INTEGER) ?? []
  const told = texts.flatMap(text =>
    keys
      .map(key => fingerprintOf(text, key))
      .flatMap(fingerprint => (asked.has(fingerprint) ? [{ fingerprint, text }] : [])),
  )
  if (told.length === 0) return
  const pieces = readPieces(body, texts, options)
  for (const { fingerprint, text } of told) {
    const here = { text, pieces: pieces.get(text) ?? [] }
    const before = found.get(fingerprint)
    const isAnother = before !== undefined && (before === 'several' || spellIds(before) !== spellIds(here))
    found.set(fingerprint, isAnother ? 'several' : here)
  }
}

function spellIds({ pieces }: TextFound): string {
  return JSON.stringify(pieces.map(piece => (piece.kind === 'request' ? piece.requestId : null)))
}

/** By the text that they stand in. */
function readPieces(
  body: Buffer,
  texts: readonly Buffer[],
  { source, openFormat, bodyKey }: ReadAgainOptions,
): ReadonlyMap<Buffer, readonly ParsedLine[]> {
  const key = bodyKey === null ? null : toBodyKey(bodyKey, source, body)
  const pieces = readByFormat(openFormat(), BOUNDS.textBytesMax)(texts)
  const byText = Map.groupBy(pieces.keys(), index => pieces[index]?.text ?? body)
  return new Map(
    [...byText].map(([text, indexes]) => [text, indexes.map(index => toParsed(pieces[index], index, key))]),
  )
}

function toParsed(
  piece: Piece | undefined,
  index: number,
  bodyKey: ReturnType<typeof toBodyKey> | null,
): ParsedLine {
  if (piece === undefined) return { kind: 'blank' }
  const { text: _, ...said } = piece
  if (said.kind === 'rejected') return said
  const identity = identify(said.requestId, { bodyKey }, index)
  return identity === null ? NO_IDENTITY : { ...said, requestId: identity.id }
}

function leave(why: Extract<OriginalLine, { readonly kind: 'left' }>['why'], detail: string): OriginalLine {
  return { kind: 'left', why, detail }
}
