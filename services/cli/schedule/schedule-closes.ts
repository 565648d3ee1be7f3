import { setTimeout as wait } from 'node:timers/promises'
import { readClosedMonths } from '@forbruk/close/statements/find-revision.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { periodAt } from '@forbruk/schemas/period/billing-period.ts'
import { z } from 'zod'
import type { Parts } from '../open-parts.ts'
import { announce, type Closer } from '../operations/close-and-announce.ts'
import { type CloseSchedule, planCloses } from './plan-closes.ts'
import { runSchedule } from './run-schedule.ts'

/** Closes ended months by FORBRUK_CLOSE_SCHEDULE until the signal; resolves once what runs then is done. */
export async function scheduleCloses(
  parts: Parts,
  timeZone: string,
  close: Closer,
  signal: AbortSignal,
): Promise<void> {
  const { logger, config } = parts
  if (config.closeSchedule === null) return
  const schedule = { expression: config.closeSchedule, timeZone }
  const store = await parts.store()
  const clock = Date.now
  const firstUsageMs = await readFirstUsage(store, config.log.topic)
  const after = firstUsageMs === null ? null : periodAt(firstUsageMs, timeZone).month
  logger.info(
    { schedule: schedule.expression, timeZone, after },
    'closing by schedule the ended months after the first with usage, which is left to forbruk close',
  )
  await runSchedule({
    plan: nowMs =>
      readDueWork(store, { schedule, stream: config.log.topic, topic: config.statementsTopic }, nowMs),
    close: (period: BillingPeriod) => close({ period }),
    announce: month => announce({ parts, clock }, month),
    clock,
    sleep: ms => wait(ms, undefined, { signal }).catch(() => {}),
    signal,
    logger,
  })
}

export type ScheduleSettings = {
  readonly schedule: CloseSchedule
  /** The topic that is counted. */
  readonly stream: string
  /** The topic that statements are announced on. */
  readonly topic: string
}

/** The months to close at a time, and those that were closed and not announced. */
export async function readDueWork(
  store: Store,
  { schedule, stream, topic }: ScheduleSettings,
  nowMs: number,
) {
  const closed = await readClosedMonths(store)
  const facts = {
    firstUsageMs: await readFirstUsage(store, stream),
    closedMonths: new Set(closed.map(each => each.month)),
  }
  return { closes: planCloses(schedule, facts, nowMs), announcements: await readUnannounced(store, topic) }
}

const firstUsageShape = z.object({ first_ms: z.string().nullable() })

async function readFirstUsage(store: Store, stream: string): Promise<number | null> {
  const [row] = await store.query(
    `SELECT toString(toUnixTimestamp(minOrNull(first_hour)) * 1000) AS first_ms
     FROM block_ledger WHERE stream = {stream:String}`,
    firstUsageShape,
    { stream },
  )
  return row === undefined || row.first_ms === null ? null : Number(row.first_ms)
}

async function readUnannounced(store: Store, topic: string): Promise<string[]> {
  const rows = await store.query(
    `SELECT DISTINCT month FROM month_closes
     WHERE (month, revision) NOT IN (SELECT month, revision FROM statement_announcement WHERE topic = {topic:String})
     ORDER BY month`,
    z.object({ month: z.string() }),
    { topic },
  )
  return rows.map(row => row.month)
}
