import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { AnnouncePolicy } from '@forbruk/schemas/statement/announcement.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { type CloseOptions, type CloseResult, closeMonth } from './close.ts'
import { announceMonth } from './statements/announce.ts'
import { type Approval, approveMonth } from './statements/approve.ts'
import { readAnnouncements } from './statements/read-announcements.ts'

type CloseRequest = Pick<CloseOptions, 'force' | 'accept' | 'announce' | 'dryRun' | 'onProgress'> & {
  readonly period: BillingPeriod
}

export type AnnouncedClose = {
  readonly result: CloseResult
  /** How many statements were sent to the topic by this close. */
  readonly announced: number
  /** The month's revisions that wait for a person's approval, or for one that does. */
  readonly waiting: readonly number[]
}

/** Closes one month when asked, one at a time: see `oneAtATime`. */
export type Closer = (request: CloseRequest) => Promise<AnnouncedClose>

/** What closing reaches for, opened when it is needed. */
export type ClosingParts = {
  readonly openStore: () => Promise<Store>
  /** The log that is counted. */
  readonly openLog: () => Promise<EventLog>
  readonly statementsTopic: string
  readonly openStatementsLog: () => Promise<EventLog>
  /** Of a close that doesn't say otherwise. */
  readonly announce: AnnouncePolicy
  /** Asked each time: the file may have a new version since this process began. */
  readonly readTariff: () => Promise<Tariff>
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** The last steps of the close as well. What it couldn't announce, the next close of the month announces. */
export async function closeAndAnnounce(parts: ClosingParts, request: CloseRequest): Promise<AnnouncedClose> {
  const tariff = await parts.readTariff()
  const [store, log] = [await parts.openStore(), await parts.openLog()]
  const policy = request.announce ?? parts.announce
  const result = await closeMonth({ ...request, announce: policy, store, log, tariff, clock: parts.clock })
  if (request.dryRun === true) return { result, announced: 0, waiting: [] }
  const announced = await announce(parts, request.period.month)
  const revisions = await readAnnouncements(store, parts.statementsTopic, request.period.month)
  const waiting = revisions.filter(each => each.state === 'waiting').map(each => each.revision)
  return { result, announced, waiting }
}

type ApprovalRequest = Pick<Parameters<typeof approveMonth>[0], 'month' | 'approved' | 'actor'>
type ApprovedMonth = { readonly approvals: readonly Approval[]; readonly announced: number }

/** Announces what waits for a person's approval, up to a revision; null when the month is not closed. */
export type Approver = (request: ApprovalRequest) => Promise<ApprovedMonth | null>

export async function approveAndAnnounce(
  parts: ClosingParts,
  approval: ApprovalRequest,
): Promise<ApprovedMonth | null> {
  const store = await parts.openStore()
  const approvals = await approveMonth({
    ...approval,
    store,
    topic: parts.statementsTopic,
    clock: parts.clock,
  })
  return approvals === null ? null : { approvals, announced: await announce(parts, approval.month) }
}

/** What of the month's revisions is due to be announced; answers how many statements that were. */
export async function announce(parts: ClosingParts, month: string): Promise<number> {
  return announceMonth({
    store: await parts.openStore(),
    topic: parts.statementsTopic,
    openLog: parts.openStatementsLog,
    month,
    clock: parts.clock,
  })
}
