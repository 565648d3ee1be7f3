import type { Declaration } from './declaration.ts'
import { DECLARATIONS } from './declarations.ts'
import { type EnvelopeName, recogniseEnvelope } from './envelope.ts'
import { openDeclared } from './formats.ts'
import type { ParsedLine } from './gateway-format.ts'

type Recognised = {
  readonly declaration: Declaration
  readonly envelope: EnvelopeName | null
  /** Other formats by which the lines would be read alike. */
  readonly alike: readonly string[]
}

type Candidate = {
  readonly declaration: Declaration
  readonly linesRead: number
  /** Fields that some line says something in, less those that no line has. */
  readonly fieldsFound: number
  readonly fieldsNamed: number
}

/** A format that knows more of the fields may reject what another one lets pass. */
const SHARE_OF_MOST = 0.5
/** Of several that read a log alike, the plainest. */
const PLAINEST = ['combined', 'common', 'nginx-json']

/**
 * Of the formats by which most of the lines can be read, the one of which most fields are there; null when there is
 * none. A guess for a person to confirm: nothing is shipped by it unasked.
 */
export function recogniseFormat(lines: readonly Uint8Array[]): Recognised | null {
  const envelope = recogniseAround(lines)
  const judged = DECLARATIONS.map(declaration => judge(declaration, envelope, lines))
  const most = Math.max(...judged.map(({ linesRead }) => linesRead))
  const candidates = judged
    .filter(({ linesRead }) => linesRead > 0 && linesRead >= most * SHARE_OF_MOST)
    .toSorted(compare)
  const [best] = candidates
  if (best === undefined) return null
  const alike = candidates.slice(1).filter(other => isAlike(best, other))
  return {
    declaration: best.declaration,
    envelope,
    alike: alike.map(({ declaration }) => declaration.format),
  }
}

/** By the first line that is in one. */
function recogniseAround(lines: readonly Uint8Array[]): EnvelopeName | null {
  for (const line of lines) {
    const around = recogniseEnvelope(Buffer.from(line).toString('utf8'))
    if (around !== null) return around
  }
  return null
}

/** The status stands in for the client: whoever is metered, a line without one is no line of the format. */
function judge(
  declaration: Declaration,
  envelope: EnvelopeName | null,
  lines: readonly Uint8Array[],
): Candidate {
  const fields = { client: declaration.status.field }
  const { parseValue, openFile, describeLine } = openDeclared(declaration, envelope, fields)
  const parse = openFile?.(null).parseLine
  let linesRead = 0
  const said = new Set<string>()
  const there = new Set<string>()
  let named = 0
  for (const line of lines) {
    const answers = parse === undefined ? parseValue(line) : [parse(line)]
    if (!answers.some(isRead)) continue
    linesRead += 1
    const states = describeLine(line)?.fields ?? []
    named = states.length
    for (const { name, state } of states) {
      if (state !== 'absent') there.add(name)
      if (state === 'said') said.add(name)
    }
  }
  return { declaration, linesRead, fieldsFound: said.size + there.size - named, fieldsNamed: named }
}

function isRead(parsed: ParsedLine): boolean {
  return (
    parsed.kind === 'request' || (parsed.kind === 'rejected' && parsed.reason === 'client_unauthenticated')
  )
}

function compare(one: Candidate, other: Candidate): number {
  return (
    other.fieldsFound - one.fieldsFound ||
    other.linesRead - one.linesRead ||
    plainness(other) - plainness(one) ||
    Object.keys(one.declaration.fields).length - Object.keys(other.declaration.fields).length
  )
}

function plainness({ declaration }: Candidate): number {
  return PLAINEST.includes(declaration.format) ? 1 : 0
}

const KEYS = ['linesRead', 'fieldsFound', 'fieldsNamed'] as const

function isAlike(one: Candidate, other: Candidate): boolean {
  return KEYS.every(key => one[key] === other[key])
}
