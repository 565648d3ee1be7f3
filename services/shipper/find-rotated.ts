import { basename, dirname, join } from 'node:path'
import type { FileFacts, LogFiles } from './log-files.ts'
import { isRotatedName, rotationNumber } from './rotated-name.ts'

export type RotatedFile = {
  readonly path: string
  readonly facts: FileFacts
  /** The number in `NAME.1` or `NAME.2.gz`; null where it is called otherwise. */
  readonly number: number | null
}

const FOLDERS_MAX = 100
const LOOKS_MAX = 5

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
