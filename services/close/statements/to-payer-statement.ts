import type { DayUse } from '@forbruk/infra/ledger/usage/usage.ts'
import { bytesBasisOf } from '@forbruk/schemas/gateway/formats.ts'
import {
  type BillingPeriod,
  lastDate,
  parseBillingPeriod,
  periodDates,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'
import type { Buyer } from '@forbruk/schemas/registry/buyer.ts'
import type { Seller } from '@forbruk/schemas/seller/read-seller.ts'
import {
  BYTES_BASES,
  type ClientStatement,
  type PayerStatement,
  type StatedAddress,
  type StatedSeller,
  type StatedVat,
} from '@forbruk/schemas/statement/payer-statement.ts'
import {
  bytesOf,
  type DecimalText,
  type Statement,
  type StatementAdjustment,
  sumNotCounted,
} from '@forbruk/schemas/statement/statement.ts'
import { statementNumber } from '@forbruk/schemas/statement/statement-number.ts'
import { sumAmounts } from '../rating/price-lines.ts'
import { stateReconciliation } from '../reconcile/state-reconciliation.ts'
import { addVat, percentOf } from './add-vat.ts'
import { byName } from './by-name.ts'
import { explainAnnounced } from './explain-announced.ts'
import { explainLines } from './explain-lines.ts'
import type { StatedRevision } from './find-revision.ts'
import type { Announced } from './read-announced.ts'
import type { MonthTerms } from './read-terms.ts'
import { sumDays } from './read-usage-days.ts'

type OfPayer = {
  readonly statements: readonly Statement[]
  readonly adjustments: readonly StatementAdjustment[]
}

/** What is known of the revision and of several payers in it; by client, or by payer. */
type Shared = {
  readonly stated: StatedRevision
  readonly timeZone: string
  readonly isStatusToldApart: boolean
  readonly seller: Seller | null
  readonly days: ReadonlyMap<string, readonly DayUse[]>
  readonly terms: MonthTerms
  readonly buyers: ReadonlyMap<string, Buyer>
  readonly caseIds: ReadonlyMap<string, string>
  readonly announced: Announced | null
}

/** Pure: one payer's document; null where there is nothing to tell them. */
export function toPayerStatement(
  { statements, adjustments }: OfPayer,
  shared: Shared,
): PayerStatement | null {
  const { stated, seller, terms, buyers, announced } = shared
  const { month, revision, isLatest, proof } = stated
  const payer = statements[0] ?? adjustments[0]
  if (payer === undefined) return null
  const { payerId, payerName } = payer
  const period = parseBillingPeriod(month)
  const payableNok = sumAmounts(statements.map(each => each.payableNok))
  const { organisationNumber = null, ...buyer } = buyers.get(payerId) ?? {}
  return {
    number: statementNumber({ month, revision, payerId }),
    month,
    revision,
    isLatest,
    period: { first: periodDates(period).first, last: lastDate(period) },
    currency: 'NOK',
    seller: seller === null ? null : toSeller(seller),
    payerId,
    payerName,
    payerOrganisationNumber: organisationNumber,
    payerAddress: toAddress(buyer),
    amountNok: sumAmounts(statements.map(each => each.amountNok)),
    payableNok,
    proposedNok: sumAmounts(statements.map(each => each.proposedNok)),
    vat: seller === null ? null : toVat(payableNok, seller),
    clients: statements.map(each => toClient(each, shared)).toSorted(byName),
    adjustments: adjustments.toSorted(byName),
    adjustmentsPayableNok: sumAmounts(adjustments.map(each => each.payableNok)),
    difference:
      announced?.payerIds.has(payerId) === true
        ? explainAnnounced(announced, { month, payerId, terms, statements })
        : null,
    usage: toUsage(period, statements, shared),
    tariff: terms.version,
    contentHash: proof.contentHash,
    closedAt: proof.closedAt,
    forcedReason: proof.forced?.reason ?? null,
    reconciliation: stateReconciliation({ ...stated, range: periodRange(period, shared.timeZone) }),
  }
}

/** What else is known of it is no part of the document, whose shape leaves it out. */
function toClient(statement: Statement, { terms, caseIds }: Shared): ClientStatement {
  const usage = statement.usage.map(each => ({
    ...each,
    integrationName: terms.integrationNames.get(each.integrationId) ?? null,
  }))
  const caseId = caseIds.get(statement.clientId) ?? null
  return {
    ...statement,
    bytes: `${bytesOf(statement)}`,
    notCounted: sumNotCounted(statement.usage),
    caseId,
    usage,
    lines: explainLines(statement.clientId, statement.lines, terms),
  }
}

function toSeller({ name, organisationNumber, foretaksregisteret, address, contact }: Seller): StatedSeller {
  const { name: contactName = null, phone = null, email = null } = contact ?? {}
  return {
    name,
    organisationNumber,
    foretaksregisteret,
    address: toAddress(address),
    contact: contact === undefined ? null : { name: contactName, phone, email },
  }
}

type Place = { readonly [Part in keyof StatedAddress]?: string | undefined }

function toAddress({ street, postalCode, city, country }: Place): StatedAddress {
  return {
    street: street ?? null,
    postalCode: postalCode ?? null,
    city: city ?? null,
    country: country ?? null,
  }
}

function toVat(payableNok: DecimalText, { vat }: Seller): StatedVat {
  const reason = 'reason' in vat ? vat.reason : null
  return { category: vat.category, percent: percentOf(vat), reason, ...addVat(payableNok, vat) }
}

function toUsage(
  period: BillingPeriod,
  statements: readonly Statement[],
  { stated, timeZone, days, isStatusToldApart }: Shared,
): PayerStatement['usage'] {
  const summed = sumDays(
    period,
    statements.flatMap(each => days.get(each.clientId) ?? []),
  )
  const requests = statements.reduce((sum, each) => sum + BigInt(each.requests), 0n)
  const bytes = statements.reduce((sum, each) => sum + bytesOf(each), 0n)
  const bases = new Set(stated.formats.map(format => bytesBasisOf(format) ?? 'as_sent'))
  return {
    timeZone,
    days: summed.map(({ day, ...use }) => ({ day, requests: `${use.requests}`, bytes: `${use.bytes}` })),
    requestsSince: `${summed.reduce((sum, day) => sum + day.requests, 0n) - requests}`,
    bytesSince: `${summed.reduce((sum, day) => sum + day.bytes, 0n) - bytes}`,
    bytesBases: BYTES_BASES.filter(each => bases.has(each)),
    isStatusToldApart,
  }
}
