import { hashText } from '@forbruk/schemas/wire/scan/hash-text.ts'
import type { TextRange } from '@forbruk/schemas/wire/scan/scanned-request.ts'

const [PRIME_1, PRIME_2, PRIME_3] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d]

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

/** Both halves as the store has them. */
export function joinHash(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
}

/** That of a request id as text. */
export function hashId(id: string): bigint {
  const bytes = Buffer.from(id, 'utf8')
  const texts = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return joinHash(hashText(bytes), hashIdentity(texts, { start: 0, end: bytes.length }))
}
