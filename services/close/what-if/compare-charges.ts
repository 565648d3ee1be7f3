import type { DecimalText, Statement } from '@forbruk/schemas/statement/statement.ts'
import { Exact, sumAmounts } from '../rating/price-lines.ts'

export type Amounts = { readonly payableNok: DecimalText; readonly proposedNok: DecimalText }

/** What a client's month came to, and what it would have come to. */
export type ChargeDifference = {
  readonly clientId: string
  readonly clientName: string
  readonly payerId: string
  readonly charged: Amounts
  readonly draft: Amounts
  /** Of both amounts together: below 0 where the draft is cheaper. */
  readonly differenceNok: DecimalText
}

type Charged = Pick<Statement, 'clientId' | 'clientName' | 'payerId' | 'payableNok' | 'proposedNok'>

const NOTHING: Amounts = { payableNok: '0.00', proposedNok: '0.00' }

/** Pure: by client, the largest differences first. Who has a statement of one alone is charged nothing by the other. */
export function compareCharges(charged: readonly Charged[], draft: readonly Charged[]): ChargeDifference[] {
  const before = new Map(charged.map(each => [each.clientId, each]))
  const after = new Map(draft.map(each => [each.clientId, each]))
  const known = new Map([...after, ...before])
  const differences = [...known.values()].map(({ clientId, clientName, payerId }) => {
    const [old, would] = [toAmounts(before.get(clientId)), toAmounts(after.get(clientId))]
    const differenceNok = new Exact(total(would)).minus(total(old)).toFixed(2)
    return { clientId, clientName, payerId, charged: old, draft: would, differenceNok }
  })
  const sizeOf = ({ differenceNok }: ChargeDifference) => new Exact(differenceNok).abs()
  return differences.toSorted(
    (a, b) =>
      sizeOf(b).comparedTo(sizeOf(a)) || (a.clientId < b.clientId ? -1 : a.clientId > b.clientId ? 1 : 0),
  )
}

function toAmounts(statement: Charged | undefined): Amounts {
  if (statement === undefined) return NOTHING
  const { payableNok, proposedNok } = statement
  return { payableNok, proposedNok }
}

function total({ payableNok, proposedNok }: Amounts): DecimalText {
  return sumAmounts([payableNok, proposedNok])
}

/** Pure. */
export function sumCharges(all: readonly ChargeDifference[], side: 'charged' | 'draft'): Amounts {
  return {
    payableNok: sumAmounts(all.map(each => each[side].payableNok)),
    proposedNok: sumAmounts(all.map(each => each[side].proposedNok)),
  }
}
