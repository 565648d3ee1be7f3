import { extname } from 'node:path'

/** How files are called that a compressor has made, whether it is read or not. */
const COMPRESSED = /\.(gz|zst|xz|bz2|lz4|lz|lzma|Z|zip|7z)$/
/** A number, a date, a time, or `old`; several of them too. */
const BEHIND = /^[._-](?:\d|old)(?:[\dTZ:+_.-]|old)*$/
const BEFORE = /^(?:\d|old)(?:[\dTZ:+_.-]|old)*(?<=[._-])$/

/**
 * `NAME.1`, `NAME-20261101.gz`, `NAME.old`, `NAME.gz`; `STEM-20261101.EXTENSION`, `STEM.1.EXTENSION`;
 * `20261101-NAME`.
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
