import { readFoldVersionMin } from '@forbruk/infra/ledger/blocks/fold-version.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Seller } from '@forbruk/schemas/seller/read-seller.ts'
import type { PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import type { PayerRange } from '../revision/of-close.ts'
import { readAdjustments, readStatements } from '../revision/read-statements.ts'
import { isStatusToldApart } from '../usage/describe-counting.ts'
import type { StatedRevision } from './find-revision.ts'
import { readAnnounced } from './read-announced.ts'
import { readBuyers } from './read-buyers.ts'
import { readCaseIds } from './read-case-ids.ts'
import { readTerms } from './read-terms.ts'
import { readUsageDays } from './read-usage-days.ts'
import { toPayerStatement } from './to-payer-statement.ts'

type Stating = {
  /** Of the tariff: the days of the usage are days there. */
  readonly timeZone: string
  /** Null where nobody is named: then no VAT is known either. */
  readonly seller: Seller | null
}

/** The documents of neighbouring payers in the revision, by payer id. */
export async function readPayerStatements(
  store: Store,
  stated: StatedRevision,
  range: PayerRange,
  { timeZone, seller }: Stating,
): Promise<PayerStatement[]> {
  const statements = Map.groupBy(await readStatements(store, stated, range), each => each.payerId)
  const adjustments = Map.groupBy(await readAdjustments(store, stated, range), each => each.payerId)
  const monthRange = periodRange(parseBillingPeriod(stated.month), timeZone)
  const foldVersionMin = await readFoldVersionMin(store, stated.proof.stream, monthRange)
  const shared = {
    stated,
    isStatusToldApart: isStatusToldApart(foldVersionMin),
    timeZone,
    seller,
    days: await readUsageDays(store, stated, range, timeZone),
    terms: await readTerms(store, stated, range),
    buyers: await readBuyers(store, stated.proof.registryImportId, range),
    caseIds: await readCaseIds(store, stated, range),
    announced: await readAnnounced(store, stated, range),
  }
  const payerIds = [...new Set([...statements.keys(), ...adjustments.keys()])].toSorted()
  return payerIds.flatMap(payerId => {
    const ofPayer = { statements: statements.get(payerId) ?? [], adjustments: adjustments.get(payerId) ?? [] }
    return toPayerStatement(ofPayer, shared) ?? []
  })
}
