import { NO_OBSTACLES } from '@forbruk/schemas/event/log-event.ts'
import { isMarkedReason } from '@forbruk/schemas/event/obstacle-reason.ts'
import type { SourceFigures } from './metric-facts.ts'

/** Anybody who can write to the topic can name ever new ones. */
const SOURCES_NAMED_MAX = 100
/** The rest, as one. */
const OTHERS = '(others)'
/** A gateway that sends by itself and names none. */
const UNNAMED = '(gateway)'

type NamedSource = {
  readonly label: string
  readonly events: number
  readonly missing: number
  /** Null where not all that the label stands for have said so yet. */
  readonly throughMs: number | null
  /** How many there are of each reason. */
  readonly obstacles: ReadonlyMap<string, number>
}

/** That it is expected, and was never heard of. */
const NEVER_HEARD_OF = 'never_heard_of'
const OTHER_REASON = 'other'

/**
 * Pure: each source under its name, up to so many, and all others as one: their events and what is missing summed, how
 * far they are by the one that is least so. Those that a person expects come first, then by name.
 */
export function nameSources(sources: readonly SourceFigures[], silent: readonly string[]): NamedSource[] {
  const ordered = [...sources, ...silent.map(toSilent)].sort(
    (a, b) => Number(b.isExpected) - Number(a.isExpected) || (a.source < b.source ? -1 : 1),
  )
  const byLabel = Map.groupBy(ordered, ({ source }, index) =>
    index < SOURCES_NAMED_MAX ? source || UNNAMED : OTHERS,
  )
  return [...byLabel].map(([label, all]) => ({
    label,
    events: sum(all.map(({ events }) => events)),
    missing: sum(all.map(({ missing }) => Math.max(0, missing))),
    throughMs: leastOf(all),
    obstacles: sumObstacles(all, silent),
  }))
}

function toSilent(source: string): SourceFigures {
  return { source, events: 0, missing: 0, throughMs: null, obstacles: NO_OBSTACLES, isExpected: true }
}

function leastOf(sources: readonly SourceFigures[]): number | null {
  const times = sources.flatMap(({ throughMs }) => throughMs ?? [])
  return times.length === sources.length ? Math.min(...times) : null
}

/** Of those that marks don't list, and of what nobody knows, the reason is another. */
function sumObstacles(all: readonly SourceFigures[], silent: readonly string[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  const add = (reason: string, count: number) => {
    if (count > 0) sums.set(reason, (sums.get(reason) ?? 0) + count)
  }
  for (const { source, obstacles } of all) {
    const { total, listed } = obstacles
    for (const { reason } of listed) add(isMarkedReason(reason) ? reason : OTHER_REASON, 1)
    add(OTHER_REASON, total - listed.length)
    add(NEVER_HEARD_OF, silent.includes(source) ? 1 : 0)
  }
  return sums
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
