import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { UsageAlert } from '@forbruk/schemas/alert/usage-alert.ts'
import { z } from 'zod'
import { storedAlertColumns, toAlert, toStoredTime } from '../record/stored-alert.ts'
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

export type Delivered = { readonly accepted: number; readonly failed: readonly string[] }

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
  const params = { alert_id: alert.alertId, webhook: webhook.name, attempt }
  const row = { ...params, holder, status: null, detail: '', next_attempt_at: null }
  const key = `${alert.alertId}/${webhook.name}/${attempt}`
  const started = await putIfAbsent({
    store,
    table: 'usage_alert_attempt',
    row: { ...row, state: 'started', at: toStoredTime(clock()) },
    key: `${key}/started`,
    read: async () => (await store.query(HOLDER_SQL, holderShape, params))[0] ?? null,
  })
  if (started.holder !== holder) return null
  const answer = await send(webhook, alert)
  const atMs = clock()
  const nextMs = answer.kind === 'failed' ? nextAttemptAt(attempt, alert.raisedAtMs, atMs, random()) : null
  const answered = {
    ...row,
    state: answer.kind,
    at: toStoredTime(atMs),
    status: answer.status,
    detail: answer.kind === 'failed' ? answer.detail : '',
    next_attempt_at: nextMs === null ? null : toStoredTime(nextMs),
  }
  await store.insert('usage_alert_attempt', [answered], { once: `${key}/${answer.kind}` })
  return answer
}

const holderShape = z.object({ holder: z.string() })
const HOLDER_SQL = `
SELECT holder
FROM usage_alert_attempt
WHERE alert_id = {alert_id:String} AND webhook = {webhook:String} AND attempt = {attempt:UInt16} AND state = 'started'`

type Delivery = { readonly alert: UsageAlert; readonly state: DeliveryState }

async function readDeliveries({ store, stream, webhook }: DeliverParts, nowMs: number): Promise<Delivery[]> {
  const since = toStoredTime(nowMs - GIVE_UP_AFTER_MS)
  return store.query(DELIVERIES_SQL, deliveryShape, {
    stream,
    webhook: webhook.name,
    since,
    limit: ALERTS_PER_LOOK,
  })
}

const ALERTS_PER_LOOK = 1_000

const seconds = z.coerce.number()
const deliveryShape: z.ZodType<Delivery> = z
  .object({
    ...storedAlertColumns,
    attempts: z.number(),
    started_at: seconds,
    has_failed: z.number(),
    next_attempt_at_ms: seconds.nullable(),
  })
  .transform(row => {
    const alert = toAlert(row)
    const failure = row.has_failed === 1 ? { nextAttemptAtMs: row.next_attempt_at_ms } : null
    const newest = { attempt: row.attempts, startedAtMs: row.started_at, failure }
    const state = {
      raisedAtMs: alert.raisedAtMs,
      isAccepted: false,
      newest: row.attempts === 0 ? null : newest,
    }
    return { alert, state }
  })

/** Newest first: what has just been raised is what a throttle waits for. */
const DELIVERIES_SQL = `
SELECT
    ${Object.keys(storedAlertColumns)
      .map(column => `alert.${column} AS ${column}`)
      .join(', ')},
    newest.attempts AS attempts,
    newest.started_at AS started_at,
    newest.has_failed AS has_failed,
    newest.next_attempt_at_ms AS next_attempt_at_ms
FROM
(
    SELECT *
    FROM usage_alert
    WHERE raised_at > parseDateTime64BestEffort({since:String}, 3, 'UTC') AND stream = {stream:String}
) AS alert
LEFT JOIN
(
    SELECT
        alert_id,
        max(attempt) AS attempts,
        argMaxIf(toUnixTimestamp64Milli(at), attempt, state = 'started') AS started_at,
        argMax(state = 'failed', (attempt, state = 'failed')) AS has_failed,
        argMax(
            tuple(toUnixTimestamp64Milli(next_attempt_at)),
            (attempt, state = 'failed')
        ).1 AS next_attempt_at_ms,
        countIf(state = 'accepted') > 0 AS is_accepted
    FROM usage_alert_attempt
    WHERE webhook = {webhook:String}
    GROUP BY alert_id
) AS newest ON newest.alert_id = alert.alert_id
WHERE NOT newest.is_accepted AND NOT (newest.has_failed = 1 AND newest.next_attempt_at_ms IS NULL)
ORDER BY alert.raised_at DESC, alert.alert_id
LIMIT {limit:UInt32}`
