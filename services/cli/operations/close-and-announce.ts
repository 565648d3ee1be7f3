import { type CloseOptions, type CloseResult, closeMonth } from '@forbruk/close/close.ts'
import { announceMonth } from '@forbruk/close/statements/announce.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { Parts } from '../open-parts.ts'
import { readTariffFile } from '../read-tariff-file.ts'

export type CloseRequest = Pick<CloseOptions, 'force' | 'dryRun' | 'onProgress'> & {
  readonly period: BillingPeriod
}

/** `announced`: how many statements were sent to the topic by this close. */
export type AnnouncedClose = { readonly result: CloseResult; readonly announced: number }

/** Another close is running in this process. */
export class CloseRunningError extends Error {
  override name = 'CloseRunningError'
  readonly month: string
  constructor(month: string) {
    super(`${month} is being closed in this process now; close again when that is done`)
    this.month = month
  }
}

export type ClosingParts = {
  readonly parts: Pick<Parts, 'config' | 'store' | 'log' | 'statementsLog'>
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** The last steps of the close as well. What it recorded and couldn't announce, the next close of the month announces. */
export async function closeAndAnnounce(
  { parts, clock }: ClosingParts,
  request: CloseRequest,
): Promise<AnnouncedClose> {
  // Each time: the file may have a new version since this process began.
  const tariff = await readTariffFile(parts.config.tariffPath)
  const [store, log] = [await parts.store(), await parts.log()]
  const result = await closeMonth({ ...request, store, log, tariff, clock })
  if (request.dryRun === true) return { result, announced: 0 }
  const announced = await announce({ parts, clock }, request.period.month)
  return { result, announced }
}

/** What of the month's revisions was not announced yet; answers how many statements that were. */
export async function announce({ parts, clock }: ClosingParts, month: string): Promise<number> {
  return announceMonth({
    store: await parts.store(),
    topic: parts.config.statementsTopic,
    openLog: () => parts.statementsLog(),
    month,
    clock,
  })
}

export type Closer = (request: CloseRequest) => Promise<AnnouncedClose>

/**
 * One close at a time: a month's rows are held in memory, and two at once in one process would only wait for each
 * other. Throws CloseRunningError, so that who asks can ask again.
 */
export function oneAtATime(close: Closer): Closer {
  let running: string | null = null
  return async request => {
    if (running !== null) throw new CloseRunningError(running)
    running = request.period.month
    try {
      return await close(request)
    } finally {
      running = null
    }
  }
}
