import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { type ByteSource, openFile, openStream } from './files/read-bytes.ts'
import { FileError } from './obstacles/ship-error.ts'
import { isSamePlace } from './progress/place.ts'
import { LATENESS_MS } from './progress/to-marks.ts'
import { lookBeside } from './rotation/look-beside.ts'
import type { FileSummary, ShipProgress } from './send/ship-summary.ts'
import { shipWhole } from './send/ship-whole.ts'
import type { Shipment } from './send/shipment.ts'

export const STDIN = '-'

type GivenFiles = {
  readonly files: readonly string[]
  readonly stdin?: Readable | undefined
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

type PathRun = {
  readonly signal: AbortSignal
  readonly retireAfterMs: number
  readonly onProgress: (progress: ShipProgress) => void
  readonly speaksForSource: boolean
}

/** Ships files and streams that aren't followed, from where shipping them stopped to their ends. Throws ShipError. */
export async function shipOneByOne(
  shipment: Shipment,
  { files: paths, stdin = process.stdin, clock }: GivenFiles,
  run: Omit<PathRun, 'speaksForSource'>,
): Promise<readonly FileSummary[]> {
  await checkReadable(shipment, paths)
  const given = new Set(paths.map(keptAs))
  await reopenGrown(shipment)
  raiseUnfinished(shipment, path => given.has(path))
  const summaries: FileSummary[] = []
  const startedMs = clock()
  for (const [index, path] of paths.entries()) {
    if (run.signal.aborted) break
    const isLast = index === paths.length - 1
    summaries.push(...(await shipPath(shipment, path, stdin, { ...run, speaksForSource: isLast })))
    if (isLast && !run.signal.aborted) raiseUnfinished(shipment, () => false)
    // A stream has an end; a file may go on with what its gateway still holds back.
    const seenMs = path === STDIN ? clock() : startedMs
    const isThrough = isLast && !run.signal.aborted
    await shipment.checkpoint(isThrough ? earlier(shipment.highestMs, seenMs - LATENESS_MS) : null)
  }
  return summaries
}

function earlier(timeMs: number | null, otherMs: number): number | null {
  return timeMs === null ? null : Math.min(timeMs, otherMs)
}

/** Done as their ends were then, and since written to, or replaced: where they lie, or what has their names, tells. */
export async function reopenGrown(shipment: Shipment): Promise<void> {
  const grown = new Set<string>()
  for (const { file, path, place, position, modifiedMs, isOpenEnded } of shipment.known.all) {
    if (isOpenEnded !== true) continue
    // What can't be looked at may have grown; what has been deleted is as it was.
    const facts = await shipment.settings.files.facts(path).catch(() => 'unseen' as const)
    if (facts === null) continue
    const isAsItWas =
      facts !== 'unseen' &&
      isSamePlace(place, facts) &&
      facts.bytes === position &&
      facts.modifiedMs === modifiedMs
    if (!isAsItWas) grown.add(file)
  }
  shipment.known.reopen(({ file }) => grown.has(file))
}

async function shipPath(
  shipment: Shipment,
  path: string,
  stdin: Readable,
  run: PathRun,
): Promise<readonly FileSummary[]> {
  const log = keptAs(path)
  const open = path === STDIN ? openOnce(stdin, run.signal) : () => openFile(shipment.settings.files, path)
  try {
    const summary = await shipWhole(shipment, open, { ...run, path, keptAs: log })
    if (run.signal.aborted) return [summary]
    // Of what lies beside it, or lay here before, this says nothing.
    shipment.obstacles.clear(
      one =>
        one.path === log &&
        one.reason !== 'neighbour_missing' &&
        (one.file === null || one.file === summary.file),
    )
    if (path === STDIN) return [summary]
    // It may have been rotated since that was asked.
    await reopenGrown(shipment)
    return [summary, ...(await lookBeside(shipment, log, { ...run, current: summary.file }))]
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const { reason, message, file } = error
    const facts = await shipment.settings.files.facts(log)
    const version = facts?.version ?? null
    shipment.raise({ reason, path: log, log, file, detail: message, version })
    throw error
  }
}

/** Under which path progress is kept. */
export function keptAs(path: string): string {
  return path === STDIN ? path : resolve(path)
}

function openOnce(stdin: Readable, signal: AbortSignal): () => Promise<ByteSource> {
  let isOpened = false
  return async () => {
    if (isOpened) {
      throw new FileError('alike', 'standard input: begins like several files; ship it from a file')
    }
    isOpened = true
    return openStream('standard input', stdin, signal)
  }
}

/** What was begun and is not given this time is not vouched for. */
export function raiseUnfinished(shipment: Shipment, isGiven: (path: string) => boolean): void {
  const told = new Set(shipment.obstacles.standing.map(({ file }) => file))
  for (const { file, path, position } of shipment.known.unfinished) {
    if (isGiven(path) || told.has(file)) continue
    const detail =
      `${path}: was shipped through byte ${position}, not to its end, and is not given now; ` +
      'until it is shipped to its end or given up, no mark goes on'
    // What a person gives up is what was not shipped of it by then.
    const version = `${file}:${position}`
    shipment.raise({ reason: 'unfinished', path, log: path, file, detail, version })
  }
}

/** Before anything is shipped: a misspelt second file should not be found out after an hour with the first. */
async function checkReadable(shipment: Shipment, paths: readonly string[]): Promise<void> {
  for (const path of paths.filter(path => path !== STDIN)) {
    await (await openFile(shipment.settings.files, path)).close()
  }
}
