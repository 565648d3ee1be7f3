import type { EventIdentity, RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { ScannedRequest, type TextRange } from '@forbruk/schemas/wire/scan/scanned-request.ts'
import { spellOrigin } from '@forbruk/schemas/wire/scan/spell-request.ts'

const [PRIME_1, PRIME_2, PRIME_3] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d]
const WORD = 2 ** 32

/**
 * The upper half of a request id's hash of 64 bits; the lower one is the text's own. Stored for good, so it never
 * changes: of the words, then the bytes, a round as in xxHash. It may collide: whoever finds two alike must compare the
 * ids.
 */
export function hashIdentity(texts: DataView, { start, end }: Pick<TextRange, 'start' | 'end'>): number {
  let hash = PRIME_3 ^ (end - start)
  let at = start
  for (; at + 4 <= end; at += 4) hash = mixed(hash, texts.getInt32(at, true))
  for (; at < end; at++) hash = mixed(hash, texts.getUint8(at))
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2)
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3)
  return hash ^ (hash >>> 16)
}

function mixed(hash: number, word: number): number {
  const sum = (hash + Math.imul(word, PRIME_2)) | 0
  return Math.imul((sum << 13) | (sum >>> 19), PRIME_1)
}

/** The lower half of the hash of a line: of its source, its file and its position there. Never changes either. */
export function hashLineLow({ source, identityText: file, position }: Line): number {
  return mixedWith(mixed(source.hash, file.hash), position)
}

/** The upper half. */
export function hashLineHigh({ texts, source, identityText: file, position }: Line): number {
  return mixedWith(mixed(hashIdentity(texts, source), hashIdentity(texts, file)), position)
}

type Line = Pick<ScannedRequest, 'texts' | 'source' | 'identityText' | 'position'>

function mixedWith(names: number, position: number): number {
  let hash = mixed(mixed(names, position | 0), Math.floor(position / WORD))
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2)
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3)
  return hash ^ (hash >>> 16)
}

/** Both halves as the store has them. */
export function joinHash(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
}

/** What an event is recognised by, in whatever partition: who sent it matters for a line alone. */
export type KeptOrigin = {
  readonly source: string
  readonly identity: Exclude<EventIdentity, { readonly kind: 'none' }>
}

export function hashOrigin(origin: KeptOrigin): bigint {
  const spelled = new ScannedRequest()
  spellOrigin(origin, spelled)
  const { texts, identityText, identity } = spelled
  return identity === 'position'
    ? joinHash(hashLineLow(spelled), hashLineHigh(spelled))
    : joinHash(identityText.hash, hashIdentity(texts, identityText))
}

/**
 * As text, equal only for the same: a name has no line break. Where producers number their lines by partition, what
 * stands at one position of two partitions is two requests, of other clients or times.
 */
export function nameRequest(request: RequestEvent & KeptOrigin): string {
  const { source, identity, timeMs, clientId } = request
  if (identity.kind === 'request_id') return identity.id
  return [source, identity.file, identity.position, timeMs, clientId].join('\n')
}
