import { basename, dirname, join } from 'node:path'
import { explainFileError, type FileError } from '../obstacles/ship-error.ts'
import { type FileFacts, isAbsent, type LogFiles } from './log-files.ts'
import { isRotatedName, rotationNumber } from './rotated-name.ts'

export type RotatedFile = {
  readonly path: string
  readonly facts: FileFacts
  /** The number in `NAME.1` or `NAME.2.gz`; null where it is called otherwise. */
  readonly number: number | null
}

/** Where a log's rotated files are looked for. */
type LogPlace = {
  readonly path: string
  /** Besides the one that the log lies in. */
  readonly folders: readonly string[]
}

/** A file or a folder that could not be looked at. */
type Unseen = {
  readonly path: string
  readonly error: FileError
  /** Of a folder, which differs once something was put into it or taken out; null where not even that can be seen. */
  readonly version: string | null
}

export type RotatedFiles = {
  /** By when they were written last, the oldest first. */
  readonly rotated: readonly RotatedFile[]
  /** What has the log's own name. */
  readonly live: FileFacts | Unseen | null
  /** Where a rotated file must be looked for, and what has the name of one. */
  readonly unseen: readonly Unseen[]
  /** Folders in those, which say nothing as long as nothing is looked for. */
  readonly unseenInside: readonly Unseen[]
}

const FOLDERS_MAX = 100
const LOOKS_MAX = 5

/**
 * The files into which a log was rotated: beside it, in the folders that were named, and in the folders in these. Null
 * while they are being renamed: one may then be missed under its old and its new name.
 */
export async function findRotated(files: LogFiles, log: LogPlace): Promise<RotatedFiles | null> {
  let before = await lookForRotated(files, log)
  for (let look = 0; look < LOOKS_MAX; look++) {
    const now = await lookForRotated(files, log)
    if (now !== null && before !== null && describeAll(now) === describeAll(before)) {
      const rotated = now.rotated.toSorted(
        (one, other) => one.facts.modifiedMs - other.facts.modifiedMs || (one.path < other.path ? -1 : 1),
      )
      return { ...now, rotated }
    }
    before = now
  }
  return null
}

/** Null when one was renamed since its folder was read. */
async function lookForRotated(files: LogFiles, log: LogPlace): Promise<RotatedFiles | null> {
  const rotated: RotatedFile[] = []
  const followed = basename(log.path)
  const listed = await listFolders(files, log)
  const unseen = [...listed.unseen]
  for (const path of listed.paths.filter(path => isRotatedName(basename(path), followed))) {
    const facts = await factsOf(files, path)
    if (facts === null) return null
    if ('error' in facts) unseen.push(facts)
    else if (facts.kind === 'file')
      rotated.push({ path, facts, number: rotationNumber(basename(path), followed) })
  }
  const live = await factsOf(files, log.path)
  if (live !== null && 'error' in live) unseen.push(live)
  return { rotated, live, unseen, unseenInside: listed.unseenInside }
}

async function factsOf(files: LogFiles, path: string): Promise<FileFacts | Unseen | null> {
  try {
    return await files.facts(path)
  } catch (error) {
    return { path, error: explainFileError(path, error), version: null }
  }
}

/** Which file has which name. */
function describeAll({ rotated }: RotatedFiles): string {
  return rotated.map(({ path, facts }) => `${path} ${facts.device} ${facts.inode}`).join('\n')
}

/** Files that lie where a log's rotated files do, under any other name. */
export async function findOthers(files: LogFiles, log: LogPlace): Promise<readonly RotatedFile[]> {
  const found: RotatedFile[] = []
  const followed = basename(log.path)
  const { paths } = await listFolders(files, log)
  for (const path of paths.filter(path => path !== log.path && !isRotatedName(basename(path), followed))) {
    const facts = await factsOf(files, path)
    // What has another name is one only if it can be seen to be.
    if (facts !== null && !('error' in facts) && facts.kind === 'file')
      found.push({ path, facts, number: null })
  }
  return found
}

type Listed = Pick<RotatedFiles, 'unseen' | 'unseenInside'> & { readonly paths: readonly string[] }

async function listFolders(files: LogFiles, { path, folders }: LogPlace): Promise<Listed> {
  const own = dirname(path)
  const paths: string[] = []
  const unseen: Unseen[] = []
  const unseenInside: Unseen[] = []
  for (const folder of new Set([own, ...folders])) {
    const listed = await listFolder(files, folder)
    paths.push(...listed.files)
    // Without its folder there is no log; without one that was named there may be rotated files.
    if (listed.error !== null && !(folder === own && isAbsent(listed.error.cause)))
      unseen.push({ path: folder, error: listed.error, version: listed.version })
    for (const [index, inside] of listed.folders.entries()) {
      const {
        files: insiders,
        error,
        version,
      } = index < FOLDERS_MAX ? await listFolder(files, inside) : { ...NOTHING_LISTED, error: beyond(inside) }
      paths.push(...insiders)
      if (error !== null && !isAbsent(error.cause)) unseenInside.push({ path: inside, error, version })
    }
  }
  return { paths, unseen, unseenInside }
}

async function listFolder(files: LogFiles, folder: string) {
  try {
    const entries = await files.list(folder)
    const pathsOf = (isFolder: boolean) =>
      entries.flatMap(entry => (entry.isFolder === isFolder ? [join(folder, entry.name)] : []))
    return { files: pathsOf(false), folders: pathsOf(true), error: null, version: null }
  } catch (error) {
    const facts = await files.facts(folder).catch(() => null)
    return { ...NOTHING_LISTED, error: explainFileError(folder, error), version: facts?.version ?? null }
  }
}

const NOTHING_LISTED = { files: [], folders: [], version: null }

function beyond(folder: string): FileError {
  const message = `there are more than ${FOLDERS_MAX} folders beside it; name it where rotated files lie in it`
  return explainFileError(folder, new Error(message))
}
