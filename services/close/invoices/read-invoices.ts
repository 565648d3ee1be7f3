import type { Store } from '@forbruk/infra/store/store.ts'
import { Temporal } from 'temporal-polyfill'
import type { PayerRange } from '../revision/of-close.ts'
import { readStatements } from '../revision/read-statements.ts'
import { explainLines } from '../statements/explain-lines.ts'
import { findRevision, type StatedRevision } from '../statements/find-revision.ts'
import { payerPages } from '../statements/list-payers.ts'
import { readTerms } from '../statements/read-terms.ts'
import type { Invoice } from './invoice.ts'
import { type PayerRevision, planInvoice } from './plan-invoice.ts'

/** Read together. */
const PAYERS_AT_ONCE = 1_000

/**
 * What a revision of a month is invoiced as, by payer id, for those who pay or are paid by it.
 * @param timeZone of the tariff: documents are dated there
 */
export async function* readInvoices(
  store: Store,
  stated: StatedRevision,
  timeZone: string,
): AsyncGenerator<Invoice> {
  const { month } = stated
  const revisions = [...(await readEarlier(store, stated)), stated]
  for await (const payers of payerPages(store, stated, PAYERS_AT_ONCE)) {
    const [first, last] = [payers[0]?.payerId, payers.at(-1)?.payerId]
    if (first === undefined || last === undefined) continue
    const history = await readHistory(store, revisions, { first, last }, timeZone)
    for (const { payerId, payerName } of payers) {
      const ofPayer = history.map(({ byPayer, ...each }) => ({
        ...each,
        statements: byPayer.get(payerId) ?? [],
      }))
      const invoice = planInvoice({ month, payerId, payerName }, ofPayer)
      if (invoice !== null) yield invoice
    }
  }
}

async function readEarlier(store: Store, { month, revision }: StatedRevision): Promise<StatedRevision[]> {
  const earlier: StatedRevision[] = []
  for (let each = 1; each < revision; each += 1) {
    const stated = await findRevision(store, month, each)
    if (stated === null) throw new Error(`${month} has revision ${revision} and no revision ${each}`)
    earlier.push(stated)
  }
  return earlier
}

type RevisionOfPayers = Omit<PayerRevision, 'statements'> & {
  readonly byPayer: ReadonlyMap<string, PayerRevision['statements']>
}

async function readHistory(
  store: Store,
  revisions: readonly StatedRevision[],
  range: PayerRange,
  timeZone: string,
): Promise<RevisionOfPayers[]> {
  const history: RevisionOfPayers[] = []
  for (const stated of revisions) {
    const terms = await readTerms(store, stated, range)
    const statements = (await readStatements(store, stated, range)).map(each => ({
      ...each,
      lines: explainLines(each.clientId, each.lines, terms),
    }))
    history.push({
      revision: stated.revision,
      issueDate: dateIn(timeZone, stated.proof.closedAt),
      byPayer: Map.groupBy(statements, each => each.payerId),
    })
  }
  return history
}

function dateIn(timeZone: string, instant: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString()
}
