import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isRotatedName } from './rotated-name.ts'

type RotatedFile = { readonly path: string; readonly modifiedMs: number }

/** The files beside a log into which it was rotated, by when they were written last, the oldest first. */
export async function findRotated(path: string): Promise<readonly RotatedFile[]> {
  const folder = dirname(path)
  const names = await readdir(folder).catch(() => [])
  const found: RotatedFile[] = []
  for (const name of names.filter(name => isRotatedName(name, basename(path)))) {
    const rotated = join(folder, name)
    // It may have been rotated further since the folder was read.
    const stats = await stat(rotated).catch(() => null)
    if (stats?.isFile()) found.push({ path: rotated, modifiedMs: stats.mtimeMs })
  }
  return found.sort((one, other) => one.modifiedMs - other.modifiedMs || (one.path < other.path ? -1 : 1))
}
