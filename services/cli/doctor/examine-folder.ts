import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Verdict, warning } from './finding.ts'
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
  if (existing === folder) {
    const { mode } = await stat(folder)
    if ((mode & OTHERS) !== 0) return warning(explainOthers(folder, mode))
  }
  const { bavail, bsize } = await statfs(existing)
  return judgeSpace(existing === folder ? folder : `${folder}, still to be made`, bavail * bsize)
}

/** Reading, writing and entering by the group or by everybody. */
const OTHERS = 0o077

function explainOthers(folder: string, mode: number): string {
  const permissions = (mode & 0o777).toString(8).padStart(3, '0')
  return (
    `${folder}: other users of this machine may use it (permissions ${permissions}), expected 700. ` +
    `It holds whose usage is whose: chmod 700 ${folder}`
  )
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
