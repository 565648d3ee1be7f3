import { setTimeout as wait } from 'node:timers/promises'
import { announce, type Closer } from '@forbruk/close/close-and-announce.ts'
import { CloseRefusedError } from '@forbruk/close/gate/refusal.ts'
import { readDueWork } from '@forbruk/close/schedule/read-due-work.ts'
import { runSchedule } from '@forbruk/close/schedule/run-schedule.ts'
import { chooseAnnouncePolicy } from '@forbruk/close/statements/choose-announce-policy.ts'
import { doRecorded } from '@forbruk/infra/access/record-act.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { closingParts } from './closing-parts.ts'
import type { Parts } from './open-parts.ts'

/**
 * Closes ended months by FORBRUK_CLOSE_SCHEDULE until the signal; resolves once what runs then is done.
 *
 * @param timeZone of the tariff
 */
export async function scheduleCloses(
  parts: Parts,
  timeZone: string,
  close: Closer,
  signal: AbortSignal,
): Promise<void> {
  const { logger, config } = parts
  if (config.closeSchedule === null) return
  const settings = {
    schedule: { expression: config.closeSchedule, timeZone, from: config.closeFrom },
    stream: config.log.topic,
    topic: config.statementsTopic,
  }
  const store = await parts.store()
  const from = config.closeFrom?.month ?? null
  logger.info(
    { schedule: config.closeSchedule, timeZone, from },
    from === null
      ? 'closing by schedule what follows a closed month; the first is left to forbruk close'
      : 'closing by schedule from FORBRUK_CLOSE_FROM on, each month once the one before it is closed',
  )
  const closing = closingParts(parts)
  const policy = chooseAnnouncePolicy(config.announce, 'schedule')
  await runSchedule({
    plan: nowMs => readDueWork(store, settings, nowMs),
    close: (period: BillingPeriod) =>
      doRecorded(
        { store, clock: closing.clock },
        { act: 'close_month', subject: period.month, actor: 'schedule', via: 'schedule', saidActor: null },
        () => close({ period, announce: policy }),
        error => error instanceof CloseRefusedError,
      ),
    announce: month => announce(closing, month),
    clock: closing.clock,
    sleep: ms => wait(ms, undefined, { signal }).catch(() => {}),
    signal,
    logger,
  })
}
