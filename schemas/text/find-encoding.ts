/** A text in which every other byte of most characters is a NUL. */
type OtherEncoding = 'UTF-16' | 'UTF-32'

/**
 * How a text is encoded that is no UTF-8, by its first bytes; null where nothing says so. A byte order mark says it,
 * and so do two characters of ASCII with a NUL beside each: the hole of a file has its NULs together.
 */
export function findOtherEncoding(start: Uint8Array): OtherEncoding | null {
  const [one = 0, two = 0, three = 0, four = 0] = start
  if (start.length >= 4 && one === 0xff && two === 0xfe && three === 0 && four === 0) return 'UTF-32'
  if (start.length >= 2 && ((one === 0xff && two === 0xfe) || (one === 0xfe && two === 0xff))) return 'UTF-16'
  if (start.length < 4) return null
  const isLittle = isPlain(one) && two === 0 && isPlain(three) && four === 0
  const isBig = one === 0 && isPlain(two) && three === 0 && isPlain(four)
  return isLittle || isBig ? 'UTF-16' : null
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f
}
