import type { DayUse } from '@forbruk/infra/ledger/usage.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { ClientStatement, PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import {
  bytesOf,
  type Statement,
  type StatementAdjustment,
  sumNotCounted,
} from '@forbruk/schemas/statement/statement.ts'
import { sumAmounts } from '../rating/price-lines.ts'
import type { PayerRange } from '../revision/of-close.ts'
import { readAdjustments, readStatements } from '../revision/read-statements.ts'
import type { StatedRevision } from './find-revision.ts'
import { readUsageDays, sumDays } from './read-usage-days.ts'

/**
 * The documents of neighbouring payers in the revision, by payer id.
 * @param timeZone of the tariff: the days of the usage are days there
 */
export async function readPayerStatements(
  store: Store,
  stated: StatedRevision,
  range: PayerRange,
  timeZone: string,
): Promise<PayerStatement[]> {
  const statements = Map.groupBy(await readStatements(store, stated, range), each => each.payerId)
  const adjustments = Map.groupBy(await readAdjustments(store, stated, range), each => each.payerId)
  const days = await readUsageDays(store, stated, range, timeZone)
  const payerIds = [...new Set([...statements.keys(), ...adjustments.keys()])].toSorted()
  return payerIds.flatMap(payerId => {
    const ofPayer = { statements: statements.get(payerId) ?? [], adjustments: adjustments.get(payerId) ?? [] }
    return toDocument(stated, timeZone, ofPayer, days) ?? []
  })
}

type OfPayer = {
  readonly statements: readonly Statement[]
  readonly adjustments: readonly StatementAdjustment[]
}

function toDocument(
  { month, revision, isLatest, proof }: StatedRevision,
  timeZone: string,
  { statements, adjustments }: OfPayer,
  days: ReadonlyMap<string, readonly DayUse[]>,
): PayerStatement | null {
  const payer = statements[0] ?? adjustments[0]
  if (payer === undefined) return null
  // What else is known of them is no part of the document, whose shape leaves it out.
  const clients = statements.map(each => ({
    ...each,
    bytes: `${bytesOf(each)}`,
    notCounted: sumNotCounted(each.usage),
  }))
  return {
    month,
    revision,
    isLatest,
    currency: 'NOK',
    payerId: payer.payerId,
    payerName: payer.payerName,
    amountNok: sumAmounts(clients.map(each => each.amountNok)),
    payableNok: sumAmounts(clients.map(each => each.payableNok)),
    proposedNok: sumAmounts(clients.map(each => each.proposedNok)),
    clients: clients.toSorted(byName),
    adjustments: adjustments.toSorted(byName),
    adjustmentsPayableNok: sumAmounts(adjustments.map(each => each.payableNok)),
    usage: toUsage(parseBillingPeriod(month), timeZone, clients, days),
    proof,
  }
}

function toUsage(
  period: BillingPeriod,
  timeZone: string,
  clients: readonly ClientStatement[],
  days: ReadonlyMap<string, readonly DayUse[]>,
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

type OfClient = { readonly clientId: string; readonly clientName: string }

/** As people look for them; by id where names are equal. */
function byName(a: OfClient, b: OfClient): number {
  return (
    NORWEGIAN.compare(a.clientName, b.clientName) ||
    (a.clientId < b.clientId ? -1 : a.clientId > b.clientId ? 1 : 0)
  )
}

const NORWEGIAN = new Intl.Collator('nb')
