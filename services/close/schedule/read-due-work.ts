import type { Store } from '@forbruk/infra/store/store.ts'
import { readAnnouncements } from '../statements/read-announcements.ts'
import { type CloseSchedule, planCloses } from './plan-closes.ts'
import { readPlanFacts } from './read-plan-facts.ts'

type ScheduleSettings = {
  readonly schedule: CloseSchedule
  /** The topic that is counted. */
  readonly stream: string
  /** The topic that statements are announced on. */
  readonly topic: string
}

/** The months to close at a time, and those of which something is due to be announced. */
export async function readDueWork(
  store: Store,
  { schedule, stream, topic }: ScheduleSettings,
  nowMs: number,
) {
  const facts = await readPlanFacts(store, stream)
  const due = (await readAnnouncements(store, topic)).filter(each => each.state === 'due')
  const announcements = [...new Set(due.map(each => each.month))]
  return { closes: planCloses(schedule, facts, nowMs), announcements }
}
