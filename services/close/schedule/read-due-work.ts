import { readFirstAppendTime } from '@forbruk/infra/ledger/progress.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { monthCloses } from '@forbruk/infra/store/tables/month-close.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
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
    firstAppendTimeMs: await readFirstAppendTime(store, stream),
    closedMonths: new Set(closed.map(each => each.month)),
  }
  return { closes: planCloses(schedule, facts, nowMs), announcements: await readUnannounced(store, topic) }
}

async function readUnannounced(store: Store, topic: string): Promise<string[]> {
  const rows = await store.query(
    `SELECT DISTINCT month FROM month_closes
     WHERE (month, revision) NOT IN (SELECT month, revision FROM statement_announcement WHERE topic = {topic:String})
     ORDER BY month`,
    select(monthCloses, 'month').shape,
    { topic },
  )
  return rows.map(row => row.month)
}
