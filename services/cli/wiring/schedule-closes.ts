import { setTimeout as wait } from 'node:timers/promises'
import { announce, type Closer } from '@forbruk/close/close-and-announce.ts'
import { readDueWork } from '@forbruk/close/schedule/read-due-work.ts'
import { runSchedule } from '@forbruk/close/schedule/run-schedule.ts'
import { readFirstUsage } from '@forbruk/infra/ledger/progress.ts'
import { type BillingPeriod, periodAt } from '@forbruk/schemas/period/billing-period.ts'
import { closingParts } from './closing-parts.ts'
import type { Parts } from './open-parts.ts'

/** Closes ended months by FORBRUK_CLOSE_SCHEDULE until the signal; resolves once what runs then is done. */
export async function scheduleCloses(
  parts: Parts,
  timeZone: string,
  close: Closer,
  signal: AbortSignal,
): Promise<void> {
  const { logger, config } = parts
  if (config.closeSchedule === null) return
  const settings = {
    schedule: { expression: config.closeSchedule, timeZone },
    stream: config.log.topic,
    topic: config.statementsTopic,
  }
  const store = await parts.store()
  const firstUsageMs = await readFirstUsage(store, config.log.topic)
  const after = firstUsageMs === null ? null : periodAt(firstUsageMs, timeZone).month
  logger.info(
    { schedule: config.closeSchedule, timeZone, after },
    'closing by schedule the ended months after the first with usage, which is left to forbruk close',
  )
  const closing = closingParts(parts)
  await runSchedule({
    plan: nowMs => readDueWork(store, settings, nowMs),
    close: (period: BillingPeriod) => close({ period }),
    announce: month => announce(closing, month),
    clock: closing.clock,
    sleep: ms => wait(ms, undefined, { signal }).catch(() => {}),
    signal,
    logger,
  })
}
