import {
  isWithinBound,
  type RuleBound,
  type Ruled,
  type StandingRule,
} from '@forbruk/schemas/rejected/waiver-rule.ts'
import type { RejectedFacts } from '../gate/gate.ts'
import { Exact } from '../rating/price-lines.ts'

/** Rejected events that may belong to a month, alike in all that a rule can ask. */
export type RejectedGroup = Omit<RejectedFacts, 'ruled'> & {
  /** What they were answered with, where that is known. */
  readonly status: number | null
  readonly source: string
  /** They came after the month's grace, and nothing says that they are of it: they may be of any month. */
  readonly isLate: boolean
}

type RuleFacts = {
  /** Those that hold in the month, oldest first. */
  readonly rules: readonly StandingRule[]
  /** The gateway format of each source that gives marks. */
  readonly formats: ReadonlyMap<string, string>
  /** What rules waived in the closed months before in which they held, as far back as that is looked at. */
  readonly waivedBefore: readonly WaivedBefore[]
  /** Counted in the month, for bounds that are a share of them. */
  readonly requests: bigint
}

export type WaivedBefore = { readonly rule: string; readonly month: string; readonly events: number }

/** More than so many times the most that a rule waived in one of the months before is unusual … */
const GROWTH_MAX = 3
/** … unless it is a handful. */
const GROWTH_FLOOR_EVENTS = 100

type Settled = { readonly rejected: readonly RejectedFacts[]; readonly ruled: readonly Ruled[] }

/**
 * Pure: what standing rules let go of a month's rejected events. Open ones alone: what a person waived or mended is
 * settled. The oldest rule that speaks of an event takes it. A rule waives all that it takes, or, where that is more
 * than its bound, nothing: then all of it stays open, and `ruled` says so.
 *
 * What came after the month's grace, and may be of any month, is bounded in the month in which it came: a month that is
 * closed again much later would else be held against the strangers of all months since.
 */
export function applyRules(groups: readonly RejectedGroup[], facts: RuleFacts): Settled {
  const taken = Map.groupBy(groups, group => facts.rules.find(rule => speaksOf(rule, group, facts)))
  const ruled = facts.rules.flatMap((rule): Ruled[] => {
    const ofRule = taken.get(rule) ?? []
    const late = countOpen(ofRule.filter(({ isLate }) => isLate))
    const events = countOpen(ofRule) - late
    const { name, reason, actor } = rule
    return events + late === 0 ? [] : [{ rule: name, reason, actor, events, late, ...findBound(rule, facts) }]
  })
  const waiving = new Set(ruled.filter(isWithinBound).map(({ rule }) => rule))
  const settled = [...taken].flatMap(([rule, ofRule]) =>
    rule !== undefined && waiving.has(rule.name) ? ofRule.map(waive) : ofRule.map(keep),
  )
  return { rejected: sumByReason(settled), ruled }
}

function speaksOf(
  rule: StandingRule,
  { reason, status, source }: RejectedGroup,
  { formats }: RuleFacts,
): boolean {
  return (
    rule.reasonCode === reason &&
    (rule.statuses.length === 0 || (status !== null && rule.statuses.includes(status))) &&
    (rule.source === null || rule.source === source) &&
    (rule.format === null || rule.format === formats.get(source))
  )
}

/** The narrowest of a rule's bounds in the month. In the first month that it holds for, it has none by growth. */
function findBound(rule: StandingRule, facts: RuleFacts): Pick<Ruled, 'eventsMax' | 'bound'> {
  const bounds: { eventsMax: number; bound: RuleBound }[] = []
  if (rule.eventsMax !== null) bounds.push({ eventsMax: rule.eventsMax, bound: { kind: 'number' } })
  if (rule.sharePercentMax !== null) {
    const requests = facts.requests.toString()
    const share = new Exact(requests).times(rule.sharePercentMax).div(100).floor().toNumber()
    bounds.push({ eventsMax: share, bound: { kind: 'share', sharePercent: rule.sharePercentMax, requests } })
  }
  const most = findMost(rule, facts)
  if (most !== undefined) {
    const eventsMax = Math.max(GROWTH_MAX * most.events, GROWTH_FLOOR_EVENTS)
    bounds.push({ eventsMax, bound: { kind: 'growth', month: most.month, events: most.events } })
  }
  return bounds.reduce((narrowest, each) => (each.eventsMax < narrowest.eventsMax ? each : narrowest))
}

function findMost({ name }: StandingRule, { waivedBefore }: RuleFacts): WaivedBefore | undefined {
  const ofRule = waivedBefore.filter(({ rule }) => rule === name)
  return ofRule.sort((a, b) => b.events - a.events || (a.month < b.month ? 1 : -1))[0]
}

function waive(group: RejectedGroup): RejectedFacts {
  return { ...group, waived: group.waived + group.open, ruled: group.open, open: 0, example: null }
}

function keep(group: RejectedGroup): RejectedFacts {
  return { ...group, ruled: 0 }
}

function countOpen(groups: readonly RejectedGroup[]): number {
  return groups.reduce((sum, { open }) => sum + open, 0)
}

function sumByReason(groups: readonly RejectedFacts[]): RejectedFacts[] {
  const reasons = [...Map.groupBy(groups, ({ reason }) => reason)].sort(([a], [b]) => (a < b ? -1 : 1))
  return reasons.map(([reason, ofReason]) => {
    const sum = (figure: (group: RejectedFacts) => number) =>
      ofReason.reduce((total, group) => total + figure(group), 0)
    return {
      reason,
      events: sum(each => each.events),
      waived: sum(each => each.waived),
      ruled: sum(each => each.ruled),
      mended: sum(each => each.mended),
      mending: sum(each => each.mending),
      open: sum(each => each.open),
      example: ofReason.find(each => each.example !== null)?.example ?? null,
    }
  })
}
