import { findOthers, findRotated, type RotatedFile, type RotatedFiles } from '../files/find-rotated.ts'
import { plainName } from '../files/rotated-name.ts'
import type { Obstacle } from '../obstacles/obstacle.ts'
import type { FoundObstacle } from '../obstacles/obstacles.ts'
import type { FileProgress } from '../progress/file-progress.ts'
import type { Tail } from '../send/read-tail.ts'
import type { FileSummary } from '../send/ship-summary.ts'
import type { Shipment } from '../send/shipment.ts'
import { findHoles } from './find-holes.ts'
import { isResolved, type Seen, type SeenFile } from './is-resolved.ts'
import { startLog } from './leave-alone.ts'
import { Round, type SurveyOptions } from './survey-round.ts'

export type Survey = {
  readonly rotated: readonly RotatedFile[]
  /** Of an obstacle that was not found any more. */
  readonly isResolved: (obstacle: Obstacle) => boolean
  /** Another file had a name by the time it was opened: they are to be looked at once more. */
  readonly mustRepeat: boolean
  /** Files with something new in them that may still be written to. */
  readonly begun: readonly Tail[]
  readonly summaries: readonly FileSummary[]
  /** How many bytes the longest copy holds of a file that is being read. */
  readonly copiedBytes: ReadonlyMap<string, number>
  /** What keeps from saying that all was seen. */
  readonly found: readonly FoundObstacle[]
}

/**
 * Looks at every file into which a log was rotated, and ships what it has not seen of them: the rest of files that were
 * begun, lines that came later, and files that came and went unseen. What was there before the log was followed for
 * the first time is left alone. `tails` are being read already. Null while the files are being renamed.
 */
export async function surveyRotated(
  shipment: Shipment,
  path: string,
  tails: readonly Tail[],
  options: SurveyOptions,
): Promise<Survey | null> {
  const { files, folders } = shipment.settings
  const looked = await findRotated(files, { path, folders })
  if (looked === null) return null
  const { rotated } = looked
  const log = shipment.logOf(path) ?? (await startLog(shipment, path, rotated))
  const known = shipment.known.all.filter(file => file.path === path)
  const round = new Round(shipment, log, rotated, tails, options)
  for (const one of rotated) {
    // While a file is being compressed both are there, and the one that it is made of may still grow.
    const plain = rotated.find(({ path }) => path === plainName(one.path))
    if (plain !== undefined) await round.examine(plain)
    await round.examine(one)
  }
  const others = await findOthers(files, { path, folders })
  if (missed(shipment, path, round).length > 0) {
    for (const one of others) await round.examineStranger(one)
  }
  const lost = [
    ...missed(shipment, path, round).map(file => gone(path, file)),
    ...(await findStrayed(shipment, path, tails, round, looked, others)),
  ]
  const found = [
    ...round.found,
    ...lost,
    ...explainUnseen(path, looked, lost.length > 0),
    ...findHoles(path, rotated, round, known),
  ]
  await round.keep(rotated)
  const { mustRepeat, begun, summaries, copiedBytes } = round
  const seen: Seen = {
    files: seeAll(path, looked, others, tails, round),
    before: new Set(known.map(({ file }) => file)),
    hasMet: file => round.hasMet(file),
  }
  return {
    ...{ rotated, mustRepeat, begun, summaries, copiedBytes, found },
    isResolved: obstacle => isResolved(obstacle, seen),
  }
}

function seeAll(
  log: string,
  { rotated, live }: RotatedFiles,
  others: readonly RotatedFile[],
  tails: readonly Tail[],
  round: Round,
): readonly SeenFile[] {
  const current = tails.find(tail => tail.options.isLive)?.file ?? null
  const ofLog = live === null || 'error' in live ? [] : [{ path: log, facts: live, file: current }]
  const beside = [...rotated, ...others].map(({ path, facts }) => ({
    ...{ path, facts, file: round.fileAt(path) || null },
  }))
  return [...ofLog, ...beside]
}

/** What can't be looked at inside the folders matters once something is looked for. */
function explainUnseen(
  log: string,
  { unseen, unseenInside }: RotatedFiles,
  isSought: boolean,
): readonly FoundObstacle[] {
  return [...unseen, ...(isSought ? unseenInside : [])].map(({ path, error, version }) => {
    const detail = `${error.message}; files into which ${log} was rotated may lie there`
    return { reason: 'unreadable', path, log, file: null, detail, version }
  })
}

/** Read under this name, not to the end, and found nowhere. */
function missed(shipment: Shipment, path: string, round: Round): readonly FileProgress[] {
  return shipment.known.unfinished.filter(known => known.path === path && !round.hasMet(known.file))
}

function gone(log: string, { file, position }: FileProgress): FoundObstacle {
  const detail =
    `${log}: the file shipped through byte ${position} is gone; lines after that could not be shipped. If it lies ` +
    'elsewhere, name that folder too, where what was rotated after it is looked for as well, or ship it by its name'
  return { reason: 'gone', path: log, log, file, detail, version: `${file}:${position}` }
}

/**
 * Renamed into a folder that nobody looks into, while it was being read: what came to it until then was shipped. What
 * is rotated there while nobody watches would be missed without a word, so it is told at the first that goes there, and
 * stays an obstacle until that file is found. One that was deleted has gone nowhere.
 */
async function findStrayed(
  shipment: Shipment,
  log: string,
  tails: readonly Tail[],
  round: Round,
  { rotated, live }: RotatedFiles,
  others: readonly RotatedFile[],
): Promise<readonly FoundObstacle[]> {
  // Where it can't be looked at, that is the obstacle.
  if (live !== null && 'error' in live) return []
  const seen = [...rotated, ...others].map(({ facts }) => facts)
  const strayed = new Set(
    shipment.obstacles.standing.flatMap(({ reason, log: of, file }) =>
      reason === 'neighbour_missing' && of === log && file !== null ? [file] : [],
    ),
  )
  for (const tail of tails) {
    const isSeen = [live, ...seen].some(facts => facts !== null && tail.isFile(facts))
    if (tail.file === null || isSeen) continue
    // What is open keeps its number; with no name left it has gone nowhere.
    if ((await tail.links()) > 0) strayed.add(tail.file)
  }
  const unfinished = missed(shipment, log, round).map(({ file }) => file)
  return [...strayed].flatMap(file => {
    if (round.hasMet(file) || unfinished.includes(file)) return []
    const detail =
      `${log}: the file that was rotated last lies in no folder that is looked at; name its folder behind the log, ` +
      'or what is rotated while nobody watches is missed'
    return [{ reason: 'neighbour_missing', path: log, log, file, detail, version: null } as const]
  })
}
