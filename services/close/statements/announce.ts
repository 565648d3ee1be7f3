import type { EventLog, OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { statementAnnouncement } from '@forbruk/infra/store/tables/statement-announcement.ts'
import type { StatementIssued } from '@forbruk/schemas/statement/statement-issued.ts'
import { encodeStatementIssued } from '@forbruk/schemas/wire/statement-issued-codec.ts'
import { sumQuantities } from '../rating/price-lines.ts'
import type { PayerRange } from '../revision/of-close.ts'
import { type ExceptionSums, readExceptionSums } from '../revision/read-exception-sums.ts'
import { readAdjustments, readStatements } from '../revision/read-statements.ts'
import { findRevision, type StatedRevision } from './find-revision.ts'
import { payerPages } from './list-payers.ts'
import { readAnnouncements } from './read-announcements.ts'
import { toStatementEvents } from './to-statement-events.ts'

/** Each page asks the store anew: a hundred thousand payers are some twenty. */
const PAYERS_PER_PAGE = 5_000

type AnnounceOptions = {
  readonly store: Store
  readonly topic: string
  /** Called only when there is something to announce. */
  readonly openLog: () => Promise<EventLog>
  readonly month: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/**
 * Sends every revision of a month to the topic that was not announced yet and waits for nobody's approval, oldest
 * first, and answers how many events that were. At least once: what breaks off is sent again whole by the next call,
 * with the same event ids. Two calls at once do no harm either.
 */
export async function announceMonth(options: AnnounceOptions): Promise<number> {
  const { store, topic, month } = options
  let announced = 0
  for (const { revision, state } of await readAnnouncements(store, topic, month)) {
    if (state !== 'due') continue
    const stated = await findRevision(store, month, revision)
    if (stated !== null) announced += await announceRevision(options, stated)
  }
  return announced
}

async function announceRevision(options: AnnounceOptions, stated: StatedRevision): Promise<number> {
  const { store, topic, openLog, clock } = options
  const log = await openLog()
  const notCharged = sumExceptions(await readExceptionSums(store, [stated]))
  let events = 0
  for await (const payers of payerPages(store, stated, PAYERS_PER_PAGE)) {
    const [first, last] = [payers[0], payers.at(-1)]
    if (first === undefined || last === undefined) break
    const range = { first: first.payerId, last: last.payerId }
    const records = await readRecords(store, stated, notCharged, range)
    await log.append(records)
    events += records.length
  }
  const { month, revision } = stated
  await insertValues(store, statementAnnouncement, [
    { month, revision, topic, events, announcedAtMs: clock() },
  ])
  return events
}

async function readRecords(
  store: Store,
  stated: StatedRevision,
  notCharged: StatementIssued['notCharged'],
  payers: PayerRange,
): Promise<OutgoingRecord[]> {
  const statements = await readStatements(store, stated, payers)
  const adjustments = await readAdjustments(store, stated, payers)
  return toStatementEvents(stated, statements, adjustments, notCharged).map(event => ({
    value: encodeStatementIssued(event),
    to: { key: event.payerId },
  }))
}

function sumExceptions(ofKinds: readonly ExceptionSums[]): StatementIssued['notCharged'] {
  if (ofKinds.length === 0) return null
  return {
    exceptions: ofKinds.reduce((sum, each) => sum + each.exceptions, 0),
    requests: sumQuantities(ofKinds.map(each => each.requests)),
    bytes: sumQuantities(ofKinds.map(each => each.bytes)),
  }
}
