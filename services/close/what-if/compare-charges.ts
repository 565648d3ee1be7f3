import type { DecimalText, Statement } from '@forbruk/schemas/statement/statement.ts'

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

/** Pure: by client, the largest differences first. */
export function compareCharges(charged: readonly Charged[], draft: readonly Charged[]): ChargeDifference[] {
  const sized = tellDifferences(charged, draft).map(each => ({ each, ore: abs(toOre(each.differenceNok)) }))
  sized.sort((a, b) =>
    a.ore === b.ore ? (a.each.clientId < b.each.clientId ? -1 : 1) : a.ore > b.ore ? -1 : 1,
  )
  return sized.map(({ each }) => each)
}

/** Pure: how many are not charged the same. */
export function countDifferences(charged: readonly Charged[], draft: readonly Charged[]): number {
  return tellDifferences(charged, draft).filter(({ differenceNok }) => differenceNok !== '0.00').length
}

/** Who has a statement of one alone is charged nothing by the other. */
function tellDifferences(charged: readonly Charged[], draft: readonly Charged[]): ChargeDifference[] {
  const before = new Map(charged.map(each => [each.clientId, each]))
  const after = new Map(draft.map(each => [each.clientId, each]))
  const known = new Map([...after, ...before])
  return [...known.values()].map(({ clientId, clientName, payerId }) => {
    const [old, would] = [toAmounts(before.get(clientId)), toAmounts(after.get(clientId))]
    const differenceNok = fromOre(totalOre(would) - totalOre(old))
    return { clientId, clientName, payerId, charged: old, draft: would, differenceNok }
  })
}

function toAmounts(statement: Charged | undefined): Amounts {
  if (statement === undefined) return NOTHING
  const { payableNok, proposedNok } = statement
  return { payableNok, proposedNok }
}

function totalOre({ payableNok, proposedNok }: Amounts): bigint {
  return toOre(payableNok) + toOre(proposedNok)
}

/** Of an amount with two decimals, as each on a statement is: a hundred thousand of them are soon added up. */
function toOre(amountNok: DecimalText): bigint {
  return BigInt(amountNok.replace('.', ''))
}

function fromOre(ore: bigint): DecimalText {
  const digits = String(abs(ore)).padStart(3, '0')
  return `${ore < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

function abs(ore: bigint): bigint {
  return ore < 0n ? -ore : ore
}

/** Pure. */
export function sumCharges(all: readonly ChargeDifference[], side: 'charged' | 'draft'): Amounts {
  const sumOf = (amount: keyof Amounts) =>
    fromOre(all.reduce((sum, each) => sum + toOre(each[side][amount]), 0n))
  return { payableNok: sumOf('payableNok'), proposedNok: sumOf('proposedNok') }
}
