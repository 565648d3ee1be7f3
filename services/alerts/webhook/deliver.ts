import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { bool, nullable, safeCount, time } from '@forbruk/infra/store/tables/codec.ts'
import { omit, select, shapeOf, toRow } from '@forbruk/infra/store/tables/table.ts'
import { usageAlert } from '@forbruk/infra/store/tables/usage-alert.ts'
import { usageAlertAttempt } from '@forbruk/infra/store/tables/usage-alert-attempt.ts'
import type { UsageAlert } from '@forbruk/schemas/alert/usage-alert.ts'
import type { z } from 'zod'
import { withId } from '../record/stored-alert.ts'
import { type DeliveryState, GIVE_UP_AFTER_MS, nextAttemptAt, planAttempt } from './plan-attempt.ts'
import type { Answer } from './send.ts'
import type { Webhook } from './webhook.ts'

export type DeliverParts = {
  readonly store: Store
  /** The topic that is counted. */
  readonly stream: string
  readonly webhook: Webhook
  /** This process, by a name that no other has, nor the same one after a restart. */
  readonly holder: string
  readonly send: (webhook: Webhook, alert: UsageAlert) => Promise<Answer>
  readonly clock: () => number
  /** From 0 to below 1. */
  readonly random: () => number
}

type Delivered = { readonly accepted: number; readonly failed: readonly string[] }

/** So many requests to one webhook at a time. */
const CONCURRENT = 4

/**
 * Makes the attempts that are due at one webhook. Each is recorded before it is made, which only one process can, and
 * its answer after it. So of several processes one sends; a receiver sees an alert again when an answer, or the process
 * that waited for it, was lost.
 */
export async function deliverDue(parts: DeliverParts): Promise<Delivered> {
  const nowMs = parts.clock()
  const deliveries = await readDeliveries(parts, nowMs)
  const due = deliveries.flatMap(({ alert, state }) => {
    const plan = planAttempt(state, nowMs)
    return plan.kind === 'due' ? [{ alert, attempt: plan.attempt }] : []
  })
  const answers: Answer[] = []
  const turns = due.values()
  const work = async () => {
    for (const { alert, attempt } of turns) {
      const answer = await attemptOnce(parts, alert, attempt)
      if (answer !== null) answers.push(answer)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT }, work))
  return {
    accepted: answers.filter(answer => answer.kind === 'accepted').length,
    failed: answers.flatMap(answer => (answer.kind === 'failed' ? [answer.detail] : [])),
  }
}

/** Null when another process makes this attempt. */
async function attemptOnce(parts: DeliverParts, alert: UsageAlert, attempt: number): Promise<Answer | null> {
  const { store, webhook, holder, send, clock, random } = parts
  const { alertId } = alert
  const key = `${alertId}/${webhook.name}/${attempt}`
  const begun = {
    alertId,
    webhook: webhook.name,
    attempt,
    holder,
    status: null,
    detail: '',
    nextAttemptAtMs: null,
  }
  const started = await putIfAbsent({
    store,
    table: usageAlertAttempt,
    values: [{ ...begun, state: 'started', atMs: clock() }],
    key: `${key}/started`,
    read: async () => {
      const params = { alert_id: alertId, webhook: webhook.name, attempt }
      return (await store.query(HOLDER_SQL, holderShape, params))[0] ?? null
    },
  })
  if (started.holder !== holder) return null
  const answer = await send(webhook, alert)
  const atMs = clock()
  const isFailed = answer.kind === 'failed'
  const row = toRow(usageAlertAttempt, {
    ...begun,
    state: answer.kind,
    atMs,
    status: answer.status,
    detail: isFailed ? answer.detail : '',
    nextAttemptAtMs: isFailed ? nextAttemptAt(attempt, alert.raisedAtMs, atMs, random()) : null,
  })
  await store.insert(usageAlertAttempt.name, [row], { once: `${key}/${answer.kind}` })
  return answer
}

const holderShape = select(usageAlertAttempt, 'holder').shape
const HOLDER_SQL = `
SELECT holder
FROM usage_alert_attempt
WHERE alert_id = {alert_id:String} AND webhook = {webhook:String} AND attempt = {attempt:UInt16} AND state = 'started'`

type Delivery = { readonly alert: UsageAlert; readonly state: DeliveryState }

async function readDeliveries({ store, stream, webhook }: DeliverParts, nowMs: number): Promise<Delivery[]> {
  return store.query(DELIVERIES_SQL, deliveryShape, {
    stream,
    webhook: webhook.name,
    since: nowMs - GIVE_UP_AFTER_MS,
    limit: ALERTS_PER_LOOK,
  })
}

const ALERTS_PER_LOOK = 1_000

const stored = omit(usageAlert, 'alertId')
const attempts = { attempts: safeCount, beganAtMs: time, hasFailed: bool, nextAtMs: nullable(time) }
const deliveryShape: z.ZodType<Delivery> = shapeOf({ ...stored.columns, ...attempts }).transform(row => {
  const { attempts: attempt, beganAtMs: startedAtMs, hasFailed, nextAtMs, ...alert } = row
  const failure = hasFailed ? { nextAttemptAtMs: nextAtMs } : null
  const newest = attempt === 0 ? null : { attempt, startedAtMs, failure }
  return { alert: withId(alert), state: { raisedAtMs: alert.raisedAtMs, isAccepted: false, newest } }
})

/** Newest first: what has just been raised is what a throttle waits for. */
const DELIVERIES_SQL = `
SELECT ${select(stored).list}, attempts, began_at, has_failed, next_at
FROM
(
    SELECT *
    FROM usage_alert
    WHERE raised_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC') AND stream = {stream:String}
) AS alert
LEFT JOIN
(
    SELECT
        alert_id,
        max(attempt) AS attempts,
        argMaxIf(at, attempt, state = 'started') AS began_at,
        argMax(state = 'failed', (attempt, state = 'failed')) AS has_failed,
        argMax(tuple(next_attempt_at), (attempt, state = 'failed')).1 AS next_at,
        countIf(state = 'accepted') > 0 AS is_accepted
    FROM usage_alert_attempt
    WHERE webhook = {webhook:String}
    GROUP BY alert_id
) AS newest ON newest.alert_id = alert.alert_id
WHERE NOT newest.is_accepted AND NOT (newest.has_failed = 1 AND newest.next_at IS NULL)
ORDER BY alert.raised_at DESC, alert.alert_id
LIMIT {limit:UInt32}`
