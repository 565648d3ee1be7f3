export const QUOTE: i32 = 0x22
const BACKSLASH: i32 = 0x5c
export const SPACE: i32 = 0x20
const DELETE: i32 = 0x7f

/** How many bytes are looked at in one step, which may reach beyond the value: what it finds there is passed over. */
const STEP: usize = 16

/** Notes the text and its hash in a slot. */
export function noteText(range: usize, start: usize, end: usize): void {
  store<u32>(range, <u32>start)
  store<u32>(range, <u32>end, 4)
  store<u32>(range, hashOf(start, end), 8)
}

/** Where the first byte is that JSON's texts don't hold as it is, or no printable ASCII: the closing quote, mostly. */
export function endOfName(start: usize, end: usize): usize {
  for (let at = start; at < end; at += STEP) {
    const found = v128.bitmask<i8>(v128.or(oddInJson(at), oddInNames(at)))
    if (found !== 0) return at + ctz(found)
  }
  return end
}

/** As `endOfName`, for a text that doesn't count: beyond ASCII anything may stand in it. */
export function endOfText(start: usize, end: usize): usize {
  for (let at = start; at < end; at += STEP) {
    const controls = v128.lt<u8>(v128.load(at), i8x16.splat(<i8>SPACE))
    const found = v128.bitmask<i8>(v128.or(oddInJson(at), controls))
    if (found !== 0) return at + ctz(found)
  }
  return end
}

export function isPrintableAscii(start: usize, end: usize): bool {
  for (let at = start; at < end; at += STEP) {
    const found = v128.bitmask<i8>(oddInNames(at))
    if (found !== 0 && at + ctz(found) < end) return false
  }
  return true
}

function oddInJson(at: usize): v128 {
  const bytes = v128.load(at)
  return v128.or(v128.eq<i8>(bytes, i8x16.splat(<i8>QUOTE)), v128.eq<i8>(bytes, i8x16.splat(<i8>BACKSLASH)))
}

/** Signed, bytes beyond ASCII are below the space too. */
function oddInNames(at: usize): v128 {
  const bytes = v128.load(at)
  return v128.or(v128.lt<i8>(bytes, i8x16.splat(<i8>SPACE)), v128.eq<i8>(bytes, i8x16.splat(<i8>DELETE)))
}

/** MurmurHash3's x86 variant of 32 bits with seed 0, as `hash-text.ts` outside. */
function hashOf(start: usize, end: usize): u32 {
  const length = end - start
  const tail = length & 3
  const wordsEnd = end - tail
  let hash: u32 = 0
  for (let at = start; at < wordsEnd; at += 4) {
    hash = rotl<u32>(hash ^ scrambled(load<u32>(at)), 13) * 5 + 0xe6546b64
  }
  if (tail !== 0) hash ^= scrambled(load<u32>(wordsEnd) & ((1 << (<u32>tail * 8)) - 1))
  hash ^= <u32>length
  hash = (hash ^ (hash >>> 16)) * 0x85ebca6b
  hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35
  return hash ^ (hash >>> 16)
}

function scrambled(word: u32): u32 {
  return rotl<u32>(word * 0xcc9e2d51, 15) * 0x1b873593
}
