import { keyOf } from '../obstacles/obstacle.ts'
import type { FoundObstacle } from '../obstacles/obstacles.ts'
import type { Tail } from '../send/read-tail.ts'
import type { FileSummary } from '../send/ship-summary.ts'
import type { Shipment } from '../send/shipment.ts'
import { surveyRotated } from './survey-rotated.ts'
import type { SurveyOptions } from './survey-round.ts'

type BesideOptions = SurveyOptions & {
  /** How long a rotated file must be quiet until it is taken to be finished. */
  readonly retireAfterMs: number
}

/**
 * A log that isn't followed is read to its end as that is then. When another file has its name the next time, it was
 * rotated, and may have got lines in between: what it was rotated into is looked at as when it is followed. Looks at
 * nothing while there is nothing to look for.
 */
export async function lookBeside(
  shipment: Shipment,
  path: string,
  options: BesideOptions,
): Promise<readonly FileSummary[]> {
  const { obstacles } = shipment
  const isSought =
    shipment.known.unfinished.some(known => known.path === path) ||
    obstacles.standing.some(({ log }) => log === path)
  if (!isSought) return []
  // Null while files are being renamed: what is unfinished stays so.
  const survey = await surveyRotated(shipment, path, [], options)
  if (survey === null) return []
  const summaries = [...survey.summaries]
  const found = [...survey.found]
  for (const tail of survey.begun) {
    const obstacle = await readOut(shipment, tail, options)
    if (obstacle !== null) found.push(obstacle)
    const summary = await tail.close()
    if (summary !== null && summary.lines > 0) summaries.push(summary)
  }
  for (const one of found) shipment.raise(one)
  if (survey.mustRepeat) return summaries
  const keys = new Set(found.map(keyOf))
  obstacles.clear(one => one.log === path && !keys.has(keyOf(one)) && survey.isResolved(one))
  return summaries
}

/** Answers what stands in the way of its being finished. */
async function readOut(
  { settings }: Shipment,
  tail: Tail,
  { signal, retireAfterMs }: BesideOptions,
): Promise<FoundObstacle | null> {
  let visited = await tail.visit(signal)
  while (visited === 'more' && !signal.aborted) visited = await tail.visit(signal)
  if (visited !== 'at_end') return null
  if (settings.clock() - tail.facts.modifiedMs >= retireAfterMs) {
    const end = await tail.end(null)
    return end?.kind === 'obstacle' ? end.obstacle : null
  }
  const { path, log } = tail.options
  const detail =
    `${path}: was written to less than ${retireAfterMs / 1_000} s ago, and may be again; ship ${log} once more ` +
    'after that'
  return { reason: 'unfinished', path, log, file: tail.file, detail, version: tail.facts.version }
}
