import type { Store } from '@forbruk/infra/store/store.ts'
import type {
  ClientStatement,
  PayerStatement,
  StatementAdjustment,
} from '@forbruk/schemas/statement/payer-statement.ts'
import { type BillingPeriod, parseBillingPeriod } from '../billing-period.ts'
import { sumAmounts } from '../price-lines.ts'
import type { StatedRevision } from './find-revision.ts'
import { type PayerRows, readPayerRows } from './read-payer-rows.ts'
import { type DayUsage, readUsageDays, sumDays } from './read-usage-days.ts'

export type PayerQuestion = {
  readonly payerIds: readonly string[]
  /** Of the tariff: the days of the usage are days there. */
  readonly timeZone: string
}

/** At most so many payers are read at a time, so that what is held stays small. */
export const PAYERS_PER_READ_MAX = 200

/** The documents of those payers that have one in the revision, in the order asked for. */
export async function readPayerStatements(
  store: Store,
  stated: StatedRevision,
  { payerIds, timeZone }: PayerQuestion,
): Promise<PayerStatement[]> {
  const period = parseBillingPeriod(stated.month)
  const rows = await readPayerRows(store, stated, payerIds)
  const clientIds = rows.statements.map(each => each.statement.clientId)
  const days = await readUsageDays(store, stated.proof.stream, period, timeZone, clientIds)
  return payerIds.flatMap(payerId => toDocument(stated, period, timeZone, payerId, rows, days) ?? [])
}

function toDocument(
  { month, revision, isLatest, proof }: StatedRevision,
  period: BillingPeriod,
  timeZone: string,
  payerId: string,
  rows: PayerRows,
  days: ReadonlyMap<string, readonly DayUsage[]>,
): PayerStatement | null {
  const clients = rows.statements.filter(each => each.payerId === payerId).map(each => each.statement)
  const adjustments = rows.adjustments.filter(each => each.payerId === payerId).map(each => each.adjustment)
  const payerName = [...rows.statements, ...rows.adjustments].find(
    each => each.payerId === payerId,
  )?.payerName
  if (payerName === undefined) return null
  return {
    month,
    revision,
    isLatest,
    currency: 'NOK',
    payerId,
    payerName,
    amountNok: sumAmounts(clients.map(each => each.amountNok)),
    payableNok: sumAmounts(clients.map(each => each.payableNok)),
    proposedNok: sumAmounts(clients.map(each => each.proposedNok)),
    clients: clients.toSorted(byName),
    adjustments: adjustments.toSorted(byName),
    adjustmentsPayableNok: sumAmounts(adjustments.map(each => each.payableNok)),
    usage: toUsage(period, timeZone, clients, days),
    proof,
  }
}

function toUsage(
  period: BillingPeriod,
  timeZone: string,
  clients: readonly ClientStatement[],
  days: ReadonlyMap<string, readonly DayUsage[]>,
): PayerStatement['usage'] {
  const summed = sumDays(
    period,
    clients.flatMap(each => days.get(each.clientId) ?? []),
  )
  const counted = (figure: 'requests' | 'bytes') => summed.reduce((sum, day) => sum + day[figure], 0n)
  const stated = (figure: 'requests' | 'bytes') =>
    clients.reduce((sum, each) => sum + BigInt(each[figure]), 0n)
  return {
    timeZone,
    days: summed.map(({ day, requests, bytes }) => ({ day, requests: `${requests}`, bytes: `${bytes}` })),
    requestsSince: `${counted('requests') - stated('requests')}`,
    bytesSince: `${counted('bytes') - stated('bytes')}`,
  }
}

/** As people look for them; by id where names are equal. */
function byName(a: ClientStatement | StatementAdjustment, b: ClientStatement | StatementAdjustment): number {
  return (
    NORWEGIAN.compare(a.clientName, b.clientName) ||
    (a.clientId < b.clientId ? -1 : a.clientId > b.clientId ? 1 : 0)
  )
}

const NORWEGIAN = new Intl.Collator('nb')
