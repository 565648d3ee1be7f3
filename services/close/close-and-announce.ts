import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { type CloseOptions, type CloseResult, closeMonth } from './close.ts'
import { announceMonth } from './statements/announce.ts'

type CloseRequest = Pick<CloseOptions, 'force' | 'accept' | 'dryRun' | 'onProgress'> & {
  readonly period: BillingPeriod
}

/** `announced`: how many statements were sent to the topic by this close. */
export type AnnouncedClose = { readonly result: CloseResult; readonly announced: number }

/** Closes one month when asked, one at a time: see `oneAtATime`. */
export type Closer = (request: CloseRequest) => Promise<AnnouncedClose>

/** What closing reaches for, opened when it is needed. */
export type ClosingParts = {
  readonly openStore: () => Promise<Store>
  /** The log that is counted. */
  readonly openLog: () => Promise<EventLog>
  readonly statementsTopic: string
  readonly openStatementsLog: () => Promise<EventLog>
  /** Asked each time: the file may have a new version since this process began. */
  readonly readTariff: () => Promise<Tariff>
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** The last steps of the close as well. What it couldn't announce, the next close of the month announces. */
export async function closeAndAnnounce(parts: ClosingParts, request: CloseRequest): Promise<AnnouncedClose> {
  const tariff = await parts.readTariff()
  const [store, log] = [await parts.openStore(), await parts.openLog()]
  const result = await closeMonth({ ...request, store, log, tariff, clock: parts.clock })
  if (request.dryRun === true) return { result, announced: 0 }
  const announced = await announce(parts, request.period.month)
  return { result, announced }
}

/** What of the month's revisions was not announced yet; answers how many statements that were. */
export async function announce(parts: ClosingParts, month: string): Promise<number> {
  return announceMonth({
    store: await parts.openStore(),
    topic: parts.statementsTopic,
    openLog: parts.openStatementsLog,
    month,
    clock: parts.clock,
  })
}
