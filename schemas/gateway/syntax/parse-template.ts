import type { Declaration } from '../declaration.ts'
import { GatewayFormatError } from '../gateway-format-error.ts'

type TokensText = Extract<Declaration['text'], { syntax: 'tokens' }>
type Kind = NonNullable<TokensText['kinds']>[string]

export type Piece =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'field'
      readonly name: string
      readonly shape: Kind | 'word' | 'quoted' | 'bracketed'
      /** What stands behind it first; a space where the line ends with it. */
      readonly until: string
    }

const FIELD = /\$([A-Za-z][A-Za-z0-9_]*)/g
const ENCLOSED: Readonly<Record<string, 'quoted' | 'bracketed'>> = { '""': 'quoted', '[]': 'bracketed' }

/**
 * A line such as `$remote_addr - $remote_user [$time] "$request" $status` in its pieces. Quotes and brackets belong to
 * the field that is in them.
 *
 * @throws GatewayFormatError
 */
export function parseTemplate({ line, kinds = {} }: TokensText): readonly Piece[] {
  const pieces: Piece[] = []
  let literal = ''
  let at = 0
  for (const match of line.matchAll(FIELD)) {
    const name = match[1] ?? ''
    literal += line.slice(at, match.index)
    at = match.index + match[0].length
    const shape = kinds[name] ?? ENCLOSED[`${literal.slice(-1)}${line.slice(at, at + 1)}`] ?? 'word'
    const isEnclosed = shape === 'quoted' || shape === 'bracketed' || shape === 'request'
    if (isEnclosed) literal = literal.slice(0, -1)
    if (literal !== '') pieces.push({ kind: 'literal', text: literal })
    else if (pieces.length > 0)
      throw new GatewayFormatError(`$${name} follows another field with nothing between`)
    literal = ''
    if (isEnclosed) at += 1
    pieces.push({ kind: 'field', name, shape, until: line.slice(at, at + 1) || ' ' })
  }
  literal += line.slice(at)
  if (literal !== '')
    throw new GatewayFormatError(`the line ends in ${JSON.stringify(literal)}; expected a field`)
  checkNames(pieces, Object.keys(kinds))
  return pieces
}

function checkNames(pieces: readonly Piece[], kinds: readonly string[]): void {
  const names = pieces.flatMap(piece => (piece.kind === 'field' ? [piece.name] : []))
  if (names.length === 0)
    throw new GatewayFormatError('the line has no field; expected $name where one stands')
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined) throw new GatewayFormatError(`the line has $${repeated} twice`)
  const unknown = kinds.find(name => !names.includes(name))
  if (unknown !== undefined)
    throw new GatewayFormatError(`the line has no $${unknown}, of which a kind is told`)
}
