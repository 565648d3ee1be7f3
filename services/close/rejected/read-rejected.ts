import { BLOCKS_OF_RANGE } from '@forbruk/infra/ledger/blocks/range.ts'
import type { Source } from '@forbruk/infra/ledger/sources/sources.ts'
import { sumUses } from '@forbruk/infra/ledger/usage/usage.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { bool, nullable, safeCount, text, textOrNull } from '@forbruk/infra/store/tables/codec.ts'
import { rejectedCounts } from '@forbruk/infra/store/tables/month-close.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { STATUS_IN_DETAIL } from '@forbruk/schemas/event/answered-with.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Ruled } from '@forbruk/schemas/rejected/waiver-rule.ts'
import type { RejectedFacts } from '../gate/gate.ts'
import { applyRules } from './apply-rules.ts'
import { MAY_BELONG_TO_MONTH, monthParams } from './may-belong.ts'
import { holdsIn, readRules, readWaivedBefore } from './read-rules.ts'

/** What an event was answered with, where its detail tells. */
export const ANSWERED_WITH = `toUInt32OrNull(extract(detail, '${STATUS_IN_DETAIL}'))`
/** For SQL with the parameter `statuses`: it is one of them, or there are none. */
export const IS_ANSWERED_WITH = `
(empty({statuses:Array(UInt32)}) OR has({statuses:Array(UInt32)}, ${ANSWERED_WITH}))`

const groupShape = shapeOf({
  ...rejectedCounts,
  status: nullable(safeCount),
  source: text,
  isLate: bool,
  example: textOrNull,
})

const GROUPS_SQL = `
SELECT
    reason,
    ${ANSWERED_WITH} AS status,
    source,
    append_time >= toDateTime({grace:UInt32}, 'UTC') AND (partition, block) NOT IN (${BLOCKS_OF_RANGE}) AS is_late,
    sum(rejected.events) AS events,
    sumIf(rejected.events, state = 'waived') AS waived,
    sumIf(rejected.events, state = 'mended') AS mended,
    sumIf(rejected.events, state = 'mending') AS mending,
    sumIf(rejected.events, state = 'open') AS open,
    argMinIf(
        concat(toString(partition), ':', toString(offset), if(event_index = 0, '', format('[{}]', event_index))),
        (partition, offset, event_index),
        state = 'open'
    ) AS example
FROM rejected_events AS rejected
WHERE ${MAY_BELONG_TO_MONTH}
GROUP BY reason, status, source, is_late
ORDER BY min((partition, offset, event_index))`

type MonthOfStream = { readonly stream: string; readonly month: string; readonly range: PeriodRange }

/** A month's rejected events by reason, after the standing rules that hold in it. */
export async function readRejected(
  store: Store,
  { stream, month, range }: MonthOfStream,
  sources: readonly Pick<Source, 'source' | 'format'>[],
): Promise<{ readonly rejected: readonly RejectedFacts[]; readonly ruled: readonly Ruled[] }> {
  const groups = await store.query(GROUPS_SQL, groupShape, monthParams(stream, range))
  const rules = (await readRules(store, stream)).filter(rule => holdsIn(rule, month))
  const needsRequests = rules.some(rule => rule.sharePercentMax !== null)
  return applyRules(groups, {
    rules,
    formats: new Map(sources.map(({ source, format }) => [source, format])),
    waivedBefore: rules.length === 0 ? [] : await readWaivedBefore(store, stream, month, rules),
    requests: needsRequests ? (await sumUses(store, stream, range)).requests : 0n,
  })
}

/** Why rejected events of the month were let go by people, and by whom. */
export type Waiver = { readonly reason: string; readonly actor: string; readonly events: number }

const waiversShape = shapeOf({ stateReason: text, stateActor: text, events: safeCount })

export async function readWaivers(store: Store, stream: string, range: PeriodRange): Promise<Waiver[]> {
  const sql = `
SELECT state_reason, state_actor, sum(rejected.events) AS events
FROM rejected_events AS rejected
WHERE state = 'waived' AND ${MAY_BELONG_TO_MONTH}
GROUP BY state_reason, state_actor
ORDER BY state_reason, state_actor`
  const rows = await store.query(sql, waiversShape, monthParams(stream, range))
  return rows.map(({ stateReason, stateActor, events }) => ({
    reason: stateReason,
    actor: stateActor,
    events,
  }))
}
