import { basename, dirname, extname, join } from 'node:path'
import type { FileFacts, LogFiles } from './log-files.ts'

export type RotatedFile = {
  readonly path: string
  readonly facts: FileFacts
  /** The number in `NAME.1` or `NAME.2.gz`; null where it is called otherwise. */
  readonly number: number | null
}

const FOLDERS_MAX = 100
const LOOKS_MAX = 5
const COMPRESSED = /\.(gz|zst|xz|bz2|lz4|lzma|Z|zip)$/
/** A number, a date, a time, or `old`; several of them too. */
const BEHIND = /^[._-](?:\d|old)(?:[\dTZ:+_.-]|old)*$/
const BEFORE = /^(?:\d|old)(?:[\dTZ:+_.-]|old)*(?<=[._-])$/

/** `NAME.1`, `NAME-20261101.gz`, `NAME.old`, `NAME.gz`; `STEM-20261101.EXTENSION`, `STEM.1.EXTENSION`; `20261101-NAME`. */
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

/**
 * The files into which a log was rotated, beside it and in the folders beside it, by when they were written last, the
 * oldest first. Null while they are being renamed: one may then be missed under its old and its new name.
 */
export async function findRotated(files: LogFiles, path: string): Promise<readonly RotatedFile[] | null> {
  let before = await lookForRotated(files, path)
  for (let look = 0; look < LOOKS_MAX; look++) {
    const now = await lookForRotated(files, path)
    if (now !== null && before !== null && describeAll(now) === describeAll(before)) {
      return now.sort(
        (one, other) => one.facts.modifiedMs - other.facts.modifiedMs || (one.path < other.path ? -1 : 1),
      )
    }
    before = now
  }
  return null
}

/** Null when one was renamed since its folder was read. */
async function lookForRotated(files: LogFiles, path: string): Promise<RotatedFile[] | null> {
  const found: RotatedFile[] = []
  const followed = basename(path)
  for (const { folder, names } of await listFolders(files, dirname(path))) {
    for (const name of names.filter(name => isRotatedName(name, followed))) {
      const rotated = join(folder, name)
      const facts = await files.facts(rotated)
      if (facts === null) return null
      if (facts.kind === 'file') found.push({ path: rotated, facts, number: rotationNumber(name, followed) })
    }
  }
  return found
}

/** Which file has which name. */
function describeAll(rotated: readonly RotatedFile[]): string {
  return rotated.map(({ path, facts }) => `${path} ${facts.device} ${facts.inode}`).join('\n')
}

/** Files that lie beside a log under any other name. */
export async function findOthers(files: LogFiles, path: string): Promise<readonly RotatedFile[]> {
  const found: RotatedFile[] = []
  const followed = basename(path)
  for (const { folder, names } of await listFolders(files, dirname(path))) {
    for (const name of names.filter(name => name !== followed && !isRotatedName(name, followed))) {
      const other = join(folder, name)
      const facts = await files.facts(other)
      if (facts?.kind === 'file') found.push({ path: other, facts, number: null })
    }
  }
  return found
}

async function listFolders(files: LogFiles, folder: string) {
  const entries = await files.list(folder)
  const names = entries.flatMap(({ name, isFolder }) => (isFolder ? [] : [name]))
  const folders = [{ folder, names }]
  for (const { name } of entries.filter(({ isFolder }) => isFolder).slice(0, FOLDERS_MAX)) {
    const inside = join(folder, name)
    const entries = await files.list(inside)
    folders.push({ folder: inside, names: entries.flatMap(({ name, isFolder }) => (isFolder ? [] : [name])) })
  }
  return folders
}
