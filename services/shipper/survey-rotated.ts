import type { FileProgress } from './file-progress.ts'
import { findOthers, findRotated, type RotatedFile } from './find-rotated.ts'
import { startLog } from './leave-alone.ts'
import type { FoundObstacle } from './obstacles.ts'
import type { Tail } from './read-tail.ts'
import { plainName } from './rotated-name.ts'
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
 * the first time is left alone. `tails` are being read already. Null while the files are being renamed.
 */
export async function surveyRotated(
  shipment: Shipment,
  path: string,
  tails: readonly Tail[],
  options: SurveyOptions,
): Promise<Survey | null> {
  const { files } = shipment.settings
  const rotated = await findRotated(files, path)
  if (rotated === null) return null
  const log = shipment.logOf(path) ?? (await startLog(shipment, path, rotated))
  const known = shipment.files.filter(file => file.path === path)
  const round = new Round(shipment, log, rotated, tails, options)
  for (const one of rotated) {
    // While a file is being compressed both are there, and the one that it is made of may still grow.
    const plain = rotated.find(({ path }) => path === plainName(one.path))
    if (plain !== undefined) await round.examine(plain)
    await round.examine(one)
  }
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
 * Where files are numbered, none may be missing between one that is known and the log, but those that were known too:
 * they were begun after that one, and were deleted since.
 */
function findHoles(
  log: string,
  rotated: readonly RotatedFile[],
  round: Round,
  known: readonly FileProgress[],
): readonly FoundObstacle[] {
  const order = known.map(({ file }) => file).filter(file => !round.isLive(file))
  const numbered = rotated
    .flatMap(({ path, number }) =>
      number === null ? [] : [{ number, at: order.indexOf(round.fileAt(path) ?? '') }],
    )
    .sort((one, other) => one.number - other.number)
  const holes: { number: number; file: string }[] = []
  let younger = { number: 0, at: order.length }
  for (const { number, at } of numbered) {
    const missing = number - younger.number - 1
    const file = order[at]
    if (file !== undefined && missing > younger.at - at - 1) holes.push({ number: number - 1, file })
    if (number > younger.number) younger = { number, at: at === -1 ? younger.at : at }
  }
  if (holes.length === 0) return []
  const names = holes.map(({ number }) => `${log}.${number}`).join(', ')
  const detail = `${names}: is missing between files that were rotated; lines in it could not be shipped`
  const version = holes.map(({ file }) => file).join(' ')
  return [{ reason: 'neighbour_missing', path: log, log, file: null, detail, version }]
}
