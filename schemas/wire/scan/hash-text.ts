/**
 * MurmurHash3's x86 variant of 32 bits with seed 0, signed: of a text's bytes, as `assembly/text.ts` has it of the
 * texts that it scans.
 */
export function hashText(bytes: Buffer): number {
  const wordsEnd = bytes.length & ~3
  let hash = 0
  for (let at = 0; at < wordsEnd; at += 4) {
    hash ^= scrambled(bytes.readInt32LE(at))
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let at = wordsEnd; at < bytes.length; at++) tail |= bytes.readUInt8(at) << ((at - wordsEnd) * 8)
  hash ^= scrambled(tail) ^ bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** 0 of 0, so that a text without a tail has none to add. */
function scrambled(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51)
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
}
