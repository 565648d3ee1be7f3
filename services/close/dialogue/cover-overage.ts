import type { CaseMonth, Covered } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { Exact } from '../rating/price-lines.ts'
import type { MonthOverage } from './find-overage.ts'

/** Pure: what a decision about a month covers that is made now, by the evidence that there is. */
export function coverOverage({ month, evidence, decisions }: Omit<CaseMonth, 'outcome'>): Covered {
  const { requests, transfer, revision } = evidence
  const before = decisions.reduce((sum, each) => sum.plus(each.covered.proposedNok), new Exact(0))
  const rest = new Exact(evidence.proposedNok).minus(before)
  return {
    month,
    revision,
    requests: requests?.above ?? '0',
    requestsNok: requests?.amountNok ?? '0.00',
    bytes: transfer?.above ?? '0',
    transferNok: transfer?.amountNok ?? '0.00',
    proposedNok: (rest.isNegative() ? new Exact(0) : rest).toFixed(2),
    agreedNok: null,
  }
}

/** Pure: whether there is more overage than a decision covers, or for a higher amount. */
export function exceeds({ requests, transfer }: MonthOverage, covered: Covered): boolean {
  return (
    isMore(requests?.above, covered.requests) ||
    isMore(requests?.amountNok, covered.requestsNok) ||
    isMore(transfer?.above, covered.bytes) ||
    isMore(transfer?.amountNok, covered.transferNok)
  )
}

function isMore(found: string | undefined, covered: string): boolean {
  return new Exact(found ?? 0).gt(covered)
}
