import { extname } from 'node:path'

/** How files are called that a compressor has made, whether it is read or not. */
const COMPRESSED = /\.(gz|zst|xz|bz2|lz4|lz|lzma|Z|zip|7z)$/
/** What stands beside numbers in the names that rotations give. A copy that a person made (`bak`) is none of them. */
const WORDS =
  'old|prev|previous|rotated|w|am|pm|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|january|february|march|' +
  'april|june|july|august|september|october|november|december|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|' +
  'wednesday|thursday|friday|saturday|sunday'
/** A number, a date, a time, or one of those words; several of them too. */
const TOLD = `(?:\\d|${WORDS})(?:[\\dTZ:+_.-]|${WORDS})*`
const BEHIND = new RegExp(`^[._-]${TOLD}$`, 'i')
const BEFORE = new RegExp(`^${TOLD}(?<=[._-])$`, 'i')

/**
 * `NAME.1`, `NAME-20261101.gz`, `NAME.old`, `NAME.Nov-2026`, `NAME.gz`; `STEM-20261101.EXTENSION`,
 * `STEM.1.EXTENSION`; `20261101-NAME`.
 */
export function isRotatedName(name: string, followed: string): boolean {
  const plain = plainName(name)
  if (plain === followed) return name !== followed
  if (plain.startsWith(followed) && BEHIND.test(plain.slice(followed.length))) return true
  if (plain.endsWith(followed) && BEFORE.test(plain.slice(0, -followed.length))) return true
  const { stem, extension } = splitName(followed)
  if (extension === '' || !plain.startsWith(stem) || !plain.endsWith(extension)) return false
  return BEHIND.test(plain.slice(stem.length, plain.length - extension.length))
}

/** What a file was called before it was compressed. */
export function plainName(path: string): string {
  return path.replace(COMPRESSED, '')
}

export function isCompressedName(path: string): boolean {
  return COMPRESSED.test(path)
}

/** The number in `NAME.1` or `STEM.1.EXTENSION`; null where it is called otherwise. */
export function rotationNumber(name: string, followed: string): number | null {
  const plain = plainName(name)
  const { stem, extension } = splitName(followed)
  const behind = plain.startsWith(followed)
    ? plain.slice(followed.length)
    : plain.startsWith(stem) && plain.endsWith(extension)
      ? plain.slice(stem.length, plain.length - extension.length)
      : ''
  const number = /^\.(\d{1,4})$/.exec(behind)
  return number === null ? null : Number(number[1])
}

function splitName(followed: string): { readonly stem: string; readonly extension: string } {
  const extension = extname(followed)
  return { stem: followed.slice(0, followed.length - extension.length), extension }
}
