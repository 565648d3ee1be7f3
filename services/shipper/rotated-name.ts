import { extname } from 'node:path'

const COMPRESSED = /\.(gz|zst|xz|bz2|lz4|lzma|Z|zip)$/
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
  const extension = extname(followed)
  const stem = followed.slice(0, followed.length - extension.length)
  if (extension === '' || !plain.startsWith(stem) || !plain.endsWith(extension)) return false
  return BEHIND.test(plain.slice(stem.length, plain.length - extension.length))
}

/** What a file was called before it was compressed. */
export function plainName(path: string): string {
  return path.replace(COMPRESSED, '')
}

export function rotationNumber(name: string, followed: string): number | null {
  const plain = plainName(name)
  const behind = /^\.(\d{1,4})$/.exec(plain.startsWith(followed) ? plain.slice(followed.length) : '')
  return behind === null ? null : Number(behind[1])
}
