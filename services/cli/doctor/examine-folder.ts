import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Verdict } from './finding.ts'
import { judgeSpace } from './judge-space.ts'

/** Of FORBRUK_DATA_DIR. Throws when nothing can be written there. */
export async function examineFolder(path: string): Promise<Verdict> {
  const folder = resolve(path)
  const existing = await nearestExisting(folder)
  if (!(await stat(existing)).isDirectory()) {
    throw new Error(`${existing} is a file, expected a folder: name another one in FORBRUK_DATA_DIR`)
  }
  await access(existing, constants.W_OK | constants.X_OK).catch(error => {
    throw new Error(
      `${existing} can't be written to (${error.code}): allow it, or name another folder in FORBRUK_DATA_DIR`,
    )
  })
  const { bavail, bsize } = await statfs(existing)
  return judgeSpace(existing === folder ? folder : `${folder}, still to be made`, bavail * bsize)
}

async function nearestExisting(folder: string): Promise<string> {
  try {
    await stat(folder)
    return folder
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isMissing || dirname(folder) === folder) throw error
    return nearestExisting(dirname(folder))
  }
}
