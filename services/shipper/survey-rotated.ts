import type { FileProgress } from './file-progress.ts'
import { findOthers, findRotated, type RotatedFile } from './find-rotated.ts'
import { startLog } from './leave-alone.ts'
import type { FoundObstacle } from './obstacles.ts'
import type { Tail } from './read-tail.ts'
import type { FileSummary } from './ship-summary.ts'
import type { Shipment } from './shipment.ts'
import { Round, type SurveyOptions } from './survey-round.ts'

export type Survey = {
  readonly rotated: readonly RotatedFile[]
  /** Files with something new in them that may still be written to. */
  readonly begun: readonly Tail[]
  readonly summaries: readonly FileSummary[]
  /** What keeps from saying that all was seen. */
  readonly found: readonly FoundObstacle[]
}

/**
 * Looks at every file into which a log was rotated, and ships what it has not seen of them: the rest of files that were
 * begun, lines that came later, and files that came and went unseen. What was there before the log was followed for
 * the first time is left alone. `tails` are being read already.
 */
export async function surveyRotated(
  shipment: Shipment,
  path: string,
  tails: readonly Tail[],
  options: SurveyOptions,
): Promise<Survey> {
  const { files } = shipment.settings
  const rotated = await findRotated(files, path)
  const log = shipment.logOf(path) ?? (await startLog(shipment, path, rotated))
  const known = shipment.files.filter(file => file.path === path)
  const round = new Round(shipment, log, tails, options)
  for (const one of rotated) await round.examine(one)
  if (missed(shipment, path, round).length > 0) {
    for (const one of await findOthers(files, path)) await round.examineStranger(one)
  }
  const found = [
    ...round.found,
    ...missed(shipment, path, round).map(file => gone(path, file)),
    ...findHoles(path, rotated, round, known),
  ]
  await round.keep(rotated)
  return { rotated, begun: round.begun, summaries: round.summaries, found }
}

/** Read under this name, not to the end, and found nowhere. */
function missed(shipment: Shipment, path: string, round: Round): readonly FileProgress[] {
  return shipment.unfinished.filter(known => known.path === path && !round.hasMet(known.file))
}

function gone(log: string, { file, position }: FileProgress): FoundObstacle {
  const detail =
    `${log}: the file shipped through byte ${position} is gone; lines after that could not be shipped. If it lies ` +
    'elsewhere, ship it by its name'
  return { reason: 'gone', path: log, log, file, detail, version: null }
}

/**
 * Where files are numbered, those between the youngest one that was known before and the log must all be there, or
 * have been known too.
 */
function findHoles(
  log: string,
  rotated: readonly RotatedFile[],
  round: Round,
  known: readonly FileProgress[],
): readonly FoundObstacle[] {
  const order = known.map(({ file }) => file)
  const numbered = rotated.flatMap(one => (one.number === null ? [] : [{ ...one, number: one.number }]))
  const [youngest] = numbered
    .filter(one => order.includes(round.fileAt(one.path) ?? ''))
    .sort((one, other) => one.number - other.number)
  if (youngest === undefined) return []
  const numbers = new Set(numbered.map(({ number }) => number))
  const missing = Array.from({ length: youngest.number - 1 }, (_, index) => index + 1).filter(
    number => !numbers.has(number),
  )
  const file = round.fileAt(youngest.path) ?? ''
  const later = order.slice(order.indexOf(file) + 1).filter(file => !round.isLive(file))
  if (missing.length <= later.length) return []
  return missing.map(number => ({
    reason: 'neighbour_missing',
    path: `${log}.${number}`,
    log,
    file: null,
    detail: `${log}.${number}: is missing between ${youngest.path} and the log; lines in it could not be shipped`,
    version: file,
  }))
}
