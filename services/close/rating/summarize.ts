import type { Registry } from '@forbruk/schemas/registry/registry.ts'
import { bytesOf, type DecimalText, type LineItem } from '@forbruk/schemas/statement/statement.ts'
import { sumAmounts, sumQuantities } from './price-lines.ts'
import type { RatedMonth } from './rate.ts'

/** A close in a few figures; those of usage are of the statements, exceptions aside. */
export type CloseSummary = {
  /** In the registry. */
  readonly clients: number
  readonly statements: number
  readonly requests: DecimalText
  readonly bytes: DecimalText
  readonly overageRequests: OverageSummary
  readonly overageTransfer: OverageSummary
  readonly payableNok: DecimalText
  readonly proposedNok: DecimalText
}

type OverageSummary = {
  readonly clients: number
  /** Requests, or MB. */
  readonly quantity: DecimalText
  readonly amountNok: DecimalText
}

/** Pure. */
export function summarize({ statements }: RatedMonth, registry: Registry): CloseSummary {
  const requests = statements.reduce((sum, each) => sum + BigInt(each.requests), 0n)
  const bytes = statements.reduce((sum, each) => sum + bytesOf(each), 0n)
  return {
    clients: registry.clients.length,
    statements: statements.length,
    requests: requests.toString(),
    bytes: bytes.toString(),
    overageRequests: summarizeItem(statements, 'overage_requests'),
    overageTransfer: summarizeItem(statements, 'overage_transfer'),
    payableNok: sumAmounts(statements.map(each => each.payableNok)),
    proposedNok: sumAmounts(statements.map(each => each.proposedNok)),
  }
}

function summarizeItem(statements: RatedMonth['statements'], item: LineItem): OverageSummary {
  // A client has several where parts were decided otherwise.
  const byClient = statements.map(each => each.lines.filter(line => line.item === item))
  const lines = byClient.flat()
  return {
    clients: byClient.filter(ofClient => ofClient.length > 0).length,
    quantity: sumQuantities(lines.map(line => line.quantity)),
    amountNok: sumAmounts(lines.map(line => line.amountNok)),
  }
}
