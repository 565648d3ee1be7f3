import type { Store } from '@forbruk/infra/store/store.ts'
import { monthCloses } from '@forbruk/infra/store/tables/month-close.ts'
import { rejectedRule, rejectedRuleEnd } from '@forbruk/infra/store/tables/rejected-rule.ts'
import { omit, select } from '@forbruk/infra/store/tables/table.ts'
import type { StandingRule } from '@forbruk/schemas/rejected/waiver-rule.ts'
import type { WaivedBefore } from './apply-rules.ts'

const added = select(omit(rejectedRule, 'stream'))
const ended = select(omit(rejectedRuleEnd, 'stream'))

/** Every rule that was ever added, oldest first, with its end where it has one. */
export async function readRules(store: Store, stream: string): Promise<StandingRule[]> {
  const rules = await store.query(
    `SELECT ${added.list} FROM rejected_rule WHERE stream = {stream:String} ORDER BY added_at, name LIMIT 1 BY name`,
    added.shape,
    { stream },
  )
  const ends = await store.query(
    `SELECT ${ended.list} FROM rejected_rule_end WHERE stream = {stream:String} ORDER BY ended_at LIMIT 1 BY name`,
    ended.shape,
    { stream },
  )
  const endOf = new Map(ends.map(({ name, ...end }) => [name, end]))
  return rules.map(rule => ({ ...rule, ended: endOf.get(rule.name) ?? null }))
}

/** Pure. */
export function holdsIn({ fromMonth, untilMonth, ended }: StandingRule, month: string): boolean {
  return (
    [untilMonth, ended?.untilMonth ?? null].every(last => last === null || month <= last) &&
    fromMonth <= month
  )
}

/** So many closed months are looked back at, to tell what is usual. */
const MONTHS_BEFORE = 3

const closed = select(monthCloses, 'month', 'closedAtMs', 'ruled')

/** What each rule waived in the closed months before in which it held, by their newest revisions; 0 where nothing. */
export async function readWaivedBefore(
  store: Store,
  stream: string,
  month: string,
  rules: readonly StandingRule[],
): Promise<WaivedBefore[]> {
  const sql = `
SELECT ${closed.list} FROM month_closes
WHERE is_latest AND stream = {stream:String} AND month < {month:String}
ORDER BY month DESC LIMIT ${MONTHS_BEFORE}`
  const closes = await store.query(sql, closed.shape, { stream, month })
  return closes.flatMap(({ month: before, closedAtMs, ruled }) =>
    rules
      .filter(rule => holdsIn(rule, before) && Date.parse(rule.addedAt) <= closedAtMs)
      .map(({ name }) => ({
        rule: name,
        month: before,
        events: ruled.find(({ rule }) => rule === name)?.events ?? 0,
      })),
  )
}
