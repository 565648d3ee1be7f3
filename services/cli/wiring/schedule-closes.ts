import { setTimeout as wait } from 'node:timers/promises'
import { announce, type Closer } from '@forbruk/close/close-and-announce.ts'
import { CloseRefusedError } from '@forbruk/close/gate/refusal.ts'
import { describeKeeping } from '@forbruk/close/rejected/choose-folds.ts'
import { compactRejected } from '@forbruk/close/rejected/compact-rejected.ts'
import { readDueWork } from '@forbruk/close/schedule/read-due-work.ts'
import { runSchedule } from '@forbruk/close/schedule/run-schedule.ts'
import { chooseAnnouncePolicy } from '@forbruk/close/statements/choose-announce-policy.ts'
import { doRecorded } from '@forbruk/infra/access/record-act.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { closingParts } from './parts/closing-parts.ts'
import type { Parts } from './parts/open-parts.ts'

/** Nobody, at its time. */
const BY_SCHEDULE = { actor: 'schedule', via: 'schedule', saidActor: null } as const

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
    async close(period: BillingPeriod) {
      const closed = await doRecorded(
        { store, clock: closing.clock },
        { ...BY_SCHEDULE, act: 'close_month', subject: period.month, reason: null },
        () => close({ period, announce: policy }),
        error => error instanceof CloseRefusedError,
      )
      await compact(parts, store, timeZone)
      return closed
    },
    announce: month => announce(closing, month),
    clock: closing.clock,
    sleep: ms => wait(ms, undefined, { signal }).catch(() => {}),
    signal,
    logger,
  })
}

/** What a close has settled need not be kept one by one for ever. The close stands, whatever comes of this. */
async function compact({ config, logger }: Parts, store: Store, timeZone: string): Promise<void> {
  const { rejected: keeping, log } = config
  const options = { store, stream: log.topic, timeZone, keeping, clock: Date.now, isTrial: false }
  const act = {
    ...BY_SCHEDULE,
    ...({ act: 'compact_events', subject: log.topic, reason: describeKeeping(keeping) } as const),
  }
  try {
    const compacted = await doRecorded(
      { store, clock: Date.now },
      act,
      () => compactRejected(options),
      () => false,
    )
    if (compacted.blocks > 0) logger.info(compacted, 'rejected events that are long settled are added up')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    logger.warn({ reason }, 'rejected events are not added up: forbruk rejected compact does so by hand')
  }
}
