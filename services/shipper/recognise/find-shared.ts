import { ShipError } from '../obstacles/ship-error.ts'
import type { FileProgress } from '../progress/file-progress.ts'
import type { SourceProgress } from '../progress/source-progress.ts'
import { isSameFile } from './recognise-file.ts'

/** A file that another source has begun to ship. Nothing of it was sent under this one's name. */
export class SharedFileError extends ShipError {
  override name = 'SharedFileError'
}

/** Null where no other source has any of the files. Pure. */
export function findShared(
  source: string,
  begun: readonly FileProgress[],
  others: readonly SourceProgress[],
): SharedFileError | null {
  for (const file of begun) {
    for (const other of others) {
      const known = other.files.find(each => isSameFile(file, each))
      if (known !== undefined) return new SharedFileError(explainShared(source, file, other.source, known))
    }
  }
  return null
}

function explainShared(source: string, { path }: FileProgress, other: string, known: FileProgress): string {
  const [ours, theirs] = [source, other].map(name => JSON.stringify(name))
  return (
    `${path}: is a file of the source ${theirs}, which has shipped it through byte ${known.position}. Shipped as ` +
    `${ours} as well, its requests would be counted twice, so nothing of it was sent. Ship it as ${theirs}; a log ` +
    'stream keeps its name for as long as there is that gateway'
  )
}
