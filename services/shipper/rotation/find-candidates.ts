import { findOthers, findRotated } from '../files/find-rotated.ts'
import type { LogFiles } from '../files/log-files.ts'
import type { SourceProgress } from '../progress/source-progress.ts'

/** Where the files of a source lay, and what lies beside them now: they may have been rotated and compressed since. */
export async function findCandidates(
  files: LogFiles,
  { files: known, logs }: Pick<SourceProgress, 'files' | 'logs'>,
): Promise<readonly string[]> {
  const found = new Set<string>()
  // A stream has no path.
  const paths = [...logs, ...known].map(({ path }) => path).filter(path => path !== '-')
  for (const path of new Set(paths)) {
    const place = { path, folders: [] }
    if ((await files.facts(path).catch(() => null)) !== null) found.add(path)
    for (const rotated of (await findRotated(files, place))?.rotated ?? []) found.add(rotated.path)
    for (const other of await findOthers(files, place)) found.add(other.path)
  }
  return [...found]
}
