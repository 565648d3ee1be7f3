import type { Store } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'
import { readClosedMonths } from '../statements/find-revision.ts'
import { type CloseSchedule, planCloses } from './plan-closes.ts'

type ScheduleSettings = {
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

/** The hour of the first usage; null when nothing was counted. */
export async function readFirstUsage(store: Store, stream: string): Promise<number | null> {
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
