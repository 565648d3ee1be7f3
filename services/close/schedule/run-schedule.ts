import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { Logger } from 'pino'
import { CloseRefusedError, describeRefusal } from '../gate/refusal.ts'
import type { MonthClose } from '../revision/month-close.ts'
import { CloseRunningError } from './one-at-a-time.ts'

/** What is logged of a close. */
type Closed = {
  readonly result: Pick<MonthClose, 'month' | 'summary' | 'ruled' | 'exceptions'> & {
    readonly outcome: string
    readonly revision: number | null
  }
  readonly announced: number
  readonly waiting: readonly number[]
}

type ScheduledWork = {
  /** What is to be done at a time: it may look into the store. */
  readonly plan: (nowMs: number) => Promise<{
    readonly closes: readonly BillingPeriod[]
    /** YYYY-MM of months that were closed, but not announced. */
    readonly announcements: readonly string[]
  }>
  readonly close: (period: BillingPeriod) => Promise<Closed>
  readonly announce: (month: string) => Promise<number>
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** Resolves after so long, or when the schedule is to end. */
  readonly sleep: (ms: number) => Promise<void>
  readonly signal: AbortSignal
  readonly logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>
}

/** How often the clock is looked at: one that jumped, or stood still while the machine slept, is noticed within it. */
const CHECK_INTERVAL_MS = 60_000
/** How long after a close that was refused or failed the month is tried again. */
const RETRY_INTERVAL_MS = 30 * 60_000

/** Closes what is due until the signal. Nothing that fails ends it: it is logged, and tried again. */
export async function runSchedule(work: ScheduledWork): Promise<void> {
  const retryAtMs = new Map<string, number>()
  while (!work.signal.aborted) {
    await doDueWork(work, retryAtMs)
    if (work.signal.aborted) return
    await work.sleep(CHECK_INTERVAL_MS)
  }
}

async function doDueWork(work: ScheduledWork, retryAtMs: Map<string, number>): Promise<void> {
  const { clock, signal, logger } = work
  const attempt = async (task: string, month: string, step: () => Promise<void>): Promise<void> => {
    const key = `${task} ${month}`
    if (signal.aborted || (retryAtMs.get(key) ?? 0) > clock()) return
    try {
      await step()
      retryAtMs.delete(key)
    } catch (error) {
      retryAtMs.set(key, clock() + RETRY_INTERVAL_MS)
      logFailure(logger, task, month, error)
    }
  }
  try {
    const { closes, announcements } = await work.plan(clock())
    logger.debug({ closes: closes.map(each => each.month), announcements }, 'what is due')
    for (const period of closes) {
      await attempt('close', period.month, async () => logClosed(logger, await work.close(period)))
    }
    for (const month of announcements) {
      await attempt('announce', month, async () => {
        const statements = await work.announce(month)
        logger.info({ month, statements }, 'announced what an earlier close left')
      })
    }
  } catch (error) {
    logger.error({ err: error }, 'what is to be closed could not be found out; asked again in a minute')
  }
}

function logClosed(logger: ScheduledWork['logger'], { result, announced, waiting }: Closed): void {
  const { month, outcome, revision, summary, ruled, exceptions } = result
  const { statements, payableNok, proposedNok } = summary
  const waivedByRule = ruled.map(({ rule, events, eventsMax }) => ({ rule, events, eventsMax }))
  logger.info(
    {
      month,
      outcome,
      revision,
      statements,
      payableNok,
      proposedNok,
      announced,
      waiting,
      waivedByRule,
      ...sumExceptions(exceptions),
    },
    'month closed',
  )
}

/** The log of a close that nobody has asked for is where most is read of it. */
function sumExceptions(exceptions: MonthClose['exceptions']) {
  const sum = (figure: 'requests' | 'bytes') =>
    exceptions.reduce((total, each) => total + BigInt(each[figure]), 0n).toString()
  return {
    exceptions: exceptions.length,
    requestsNotCharged: sum('requests'),
    bytesNotCharged: sum('bytes'),
  }
}

function logFailure(logger: ScheduledWork['logger'], task: string, month: string, error: unknown): void {
  const retryMinutes = RETRY_INTERVAL_MS / 60_000
  if (error instanceof CloseRefusedError) {
    const missing = error.refusals.map(describeRefusal)
    logger.warn({ month, missing, retryMinutes }, 'month not closed yet')
  } else if (error instanceof CloseRunningError) {
    logger.info({ month, running: error.month, retryMinutes }, 'another close is running here')
  } else {
    logger.error({ err: error, month, task, retryMinutes }, 'failed, and is tried again')
  }
}
