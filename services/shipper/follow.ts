import { resolve } from 'node:path'
import type { FileFacts } from './files/log-files.ts'
import { keyOf } from './obstacles/obstacle.ts'
import type { FoundObstacle } from './obstacles/obstacles.ts'
import { FileError } from './obstacles/ship-error.ts'
import type { FileProgress } from './progress/file-progress.ts'
import { isSamePlace } from './progress/place.ts'
import { LATENESS_MS } from './progress/to-marks.ts'
import { type Survey, surveyRotated } from './rotation/survey-rotated.ts'
import { Tail } from './send/read-tail.ts'
import type { FileSummary, ShipProgress } from './send/ship-summary.ts'
import type { Shipment } from './send/shipment.ts'
import { sleepUntilAborted } from './send/sleep-until-aborted.ts'

/** What is found twice in a row is no file that is just being written or renamed. */
const SURVEYS_MIN = 2

const NONE_LEFT: ReadonlyMap<string, string> = new Map()

export type FollowOptions = {
  readonly signal: AbortSignal
  readonly onProgress: (progress: ShipProgress) => void
  readonly pollMs: number
  /** How long a rotated file must be quiet until it is taken to be finished. */
  readonly retireAfterMs: number
  /** Waits until it is time to look again, or the signal aborts. */
  readonly pause?: (pollMs: number, signal: AbortSignal) => Promise<void>
}

type Followed = {
  readonly path: string
  current: Tail | null
  /** Rotated away, but a gateway may still be writing to them. */
  readonly retiring: Set<Tail>
  /** Copies that were taken in mid-line, by their state, and what they are called: `current` goes on from there. */
  readonly left: Map<string, string>
  /** The files that it was rotated into, when they were last looked at; null before the first time. */
  survey: Survey | null
  /** Why what has the log's name can't be read. */
  unread: FileError | null
  /** They are to be looked at before anything is begun. */
  isChanged: boolean
  /** By what the last survey found. */
  doubts: ReadonlySet<string>
}

/** Ships logs as they grow, through rotation, until `signal` aborts. Polls: a hint of the file system can get lost. */
export async function followFiles(
  shipment: Shipment,
  paths: readonly string[],
  options: FollowOptions,
): Promise<readonly FileSummary[]> {
  const { signal, pollMs, pause = sleepUntilAborted } = options
  const followed: Followed[] = paths.map(path => ({
    path: resolve(path),
    current: null,
    retiring: new Set(),
    left: new Map(),
    survey: null,
    unread: null,
    isChanged: true,
    doubts: new Set(),
  }))
  const summaries: FileSummary[] = []
  try {
    while (!signal.aborted) {
      // Asked before: what is read then was read at that time or later.
      const isDue = shipment.isCheckpointDue
      let isBusy = false
      for (const one of followed) isBusy = (await visit(shipment, one, options, summaries)) || isBusy
      if (isDue) await checkpoint(shipment, followed, options, summaries)
      if (isBusy) continue
      await shipment.flush()
      await pause(pollMs, signal)
    }
    await checkpoint(shipment, followed, options, summaries)
  } finally {
    for (const tail of tailsOf(followed)) await finish(tail, summaries)
  }
  return summaries
}

/** A mark speaks of every file of the log, so all of them are looked at before it. */
async function checkpoint(
  shipment: Shipment,
  followed: readonly Followed[],
  options: FollowOptions,
  summaries: FileSummary[],
): Promise<void> {
  for (const one of followed) await survey(shipment, one, options, summaries)
  await shipment.checkpoint(throughOf(followed))
}

/** Answers whether there is more to read at once. */
async function visit(
  shipment: Shipment,
  followed: Followed,
  options: FollowOptions,
  summaries: FileSummary[],
): Promise<boolean> {
  if (followed.isChanged) {
    followed.current ??= await openLog(shipment, followed)
    // Copies of the file that goes on are left to it; a new one is told from the files before it once they are known.
    await followed.current?.goOn()
    await survey(shipment, followed, options, summaries)
  }
  followed.current ??= await openLog(shipment, followed)
  // Before the log itself: of what a copy of it leaves to it, it takes hold before the copy is looked at again.
  for (const tail of followed.retiring) await retire(shipment, tail, followed, options, summaries)
  return visitCurrent(shipment, followed, options, summaries)
}

/** The others are followed on while one can't be read. */
async function openLog(shipment: Shipment, followed: Followed): Promise<Tail | null> {
  followed.unread = null
  try {
    return await Tail.open(shipment, {
      path: followed.path,
      log: followed.path,
      isLive: true,
      isElsewhere: (known, facts) => isElsewhere(followed, known, facts),
    })
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    followed.unread = error
    return null
  }
}

function unreadOf({ path, unread }: Followed): readonly FoundObstacle[] {
  if (unread === null) return []
  const { reason, message: detail } = unread
  return [{ reason, path, log: path, file: null, detail, version: null }]
}

/** The file was renamed, and another one has its name. */
function isElsewhere(
  { survey, isChanged, retiring }: Followed,
  { file, place }: FileProgress,
  facts: FileFacts,
): boolean | null {
  if ([...retiring].some(tail => tail.file === file)) return true
  if (isChanged || survey === null) return null
  return !isSamePlace(place, facts) && survey.rotated.some(one => isSamePlace(place, one.facts))
}

async function survey(
  shipment: Shipment,
  followed: Followed,
  options: FollowOptions,
  summaries: FileSummary[],
): Promise<void> {
  const { path } = followed
  const left = (followed.current?.file ?? null) === null ? NONE_LEFT : followed.left
  const found = await surveyRotated(shipment, path, tailsOf([followed]), { ...options, left })
  followed.isChanged = found === null || found.mustRepeat
  if (found === null) return
  for (const tail of followed.retiring) tail.surveys += 1
  for (const tail of found.begun) followed.retiring.add(tail)
  summaries.push(...found.summaries)
  if (found.mustRepeat) return
  const alike = tailsOf([followed]).flatMap(tail => tail.alike)
  const doubtful = [...found.found, ...unreadOf(followed), ...alike].filter(
    one => !shipment.obstacles.isSettled(one),
  )
  for (const one of doubtful) {
    if (followed.doubts.has(keyOf(one))) shipment.raise(one)
  }
  const keys = new Set(doubtful.map(keyOf))
  shipment.obstacles.clear(one => one.log === path && !keys.has(keyOf(one)) && found.isResolved(one))
  followed.doubts = keys
  followed.survey = found
}

async function visitCurrent(
  shipment: Shipment,
  followed: Followed,
  options: FollowOptions,
  summaries: FileSummary[],
): Promise<boolean> {
  const tail = followed.current
  if (tail === null) return false
  const before = tail.progress.bytesRead
  const visited = await tail.visit(options.signal)
  if (tail.progress.bytesRead > before) {
    options.onProgress({ ...tail.progress, bytesTotal: await tail.size() })
  }
  switch (visited) {
    case 'more':
      return true
    case 'replaced':
      await finish(tail, summaries)
      followed.current = null
      followed.left.clear()
      followed.isChanged = true
      return true
    case 'at_end':
      if (!(await isReplaced(shipment, tail))) return false
      followed.retiring.add(tail)
      followed.current = null
      followed.left.clear()
      followed.isChanged = true
      return true
  }
}

/** Another file has taken the name. While none has, the gateway is still writing to the old one. */
async function isReplaced(shipment: Shipment, tail: Tail): Promise<boolean> {
  const facts = await shipment.settings.files.facts(tail.options.path).catch(() => {
    // The survey tells of it; what is open is read on.
    return null
  })
  return facts !== null && !tail.isFile(facts)
}

async function retire(
  shipment: Shipment,
  tail: Tail,
  followed: Followed,
  { signal, pollMs, retireAfterMs }: FollowOptions,
  summaries: FileSummary[],
): Promise<void> {
  const visited = await tail.visit(signal)
  const isQuiet = tail.quietVisits * pollMs >= retireAfterMs && tail.surveys >= SURVEYS_MIN
  if (visited === 'more' || (visited === 'at_end' && !isQuiet)) return
  const end = visited === 'at_end' ? await tail.end(followed.current, followed.survey?.copiedBytes) : null
  // The survey finds it again for as long as the file stays as it is.
  if (end?.kind === 'obstacle') shipment.raise(end.obstacle)
  if (end?.kind === 'left') followed.left.set(end.version, end.file)
  followed.retiring.delete(tail)
  await finish(tail, summaries)
}

async function finish(tail: Tail, summaries: FileSummary[]): Promise<void> {
  const summary = await tail.close()
  if (summary !== null) summaries.push(summary)
}

function tailsOf(followed: readonly Followed[]): readonly Tail[] {
  return followed.flatMap(one => [...one.retiring, ...(one.current === null ? [] : [one.current])])
}

/**
 * Through which time every event of the source has been shipped: that is a minute ago once all files are read to their
 * ends, and null before. What was read so far of one says nothing of the lines behind it, which may be of any time.
 */
function throughOf(followed: readonly Followed[]): number | null {
  if (followed.some(one => one.isChanged || one.doubts.size > 0)) return null
  // A log that isn't there vouches for nothing.
  if (followed.some(one => one.current === null)) return null
  const endsMs = tailsOf(followed).map(tail => tail.atEndMs)
  return endsMs.includes(null) ? null : Math.min(...endsMs.map(endMs => endMs ?? 0)) - LATENESS_MS
}
