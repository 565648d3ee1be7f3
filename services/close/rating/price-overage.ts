import type { Outcome } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { DecimalText, LineStatus, StatementLine } from '@forbruk/schemas/statement/statement.ts'
import { allowanceBytes, type TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import type { Decimal } from 'decimal.js'
import { Exact, roundToOre, sumAmounts } from './price-lines.ts'

/**
 * How overage was decided, up to which requests and bytes above the allowance, and up to which amount for each: what it
 * was decided on. More of either is not covered.
 */
export type Decided = {
  readonly outcome: Outcome
  readonly requests: DecimalText
  readonly requestsNok: DecimalText
  readonly bytes: DecimalText
  readonly transferNok: DecimalText
  /** What is charged of it; null where that is all. */
  readonly agreedNok: DecimalText | null
}

/** How decisions held before they had a bound: for whatever there is. The largest that the store can keep. */
export const WITHOUT_BOUND: Omit<Decided, 'outcome'> = {
  requests: '18446744073709551615',
  requestsNok: '9999999999999999.99',
  bytes: '18446744073709551615',
  transferNok: '9999999999999999.99',
  agreedNok: null,
}

/** One of the two things that there is an allowance of. Counts are requests, or bytes. */
type Measure = {
  readonly line: Pick<StatementLine, 'item' | 'detail' | 'unit' | 'unitPriceNok'>
  readonly above: bigint
  readonly countsPerUnit: number
  readonly coveredBy: (decided: Decided) => { readonly count: bigint; readonly amountNok: DecimalText }
}

/** A part of what is above, in counts from the allowance on. */
type Slice = {
  readonly from: bigint
  readonly to: bigint
  readonly status: LineStatus
  /** By which another amount was agreed on. */
  readonly agreed: Agreed | null
}

type Agreed = Decided & { readonly agreedNok: DecimalText }
type PricedSlice = { readonly line: StatementLine; readonly agreed: Agreed | null }

/**
 * What is above the allowances, in lines that add up: a line for each part that was decided otherwise. What no decision
 * covers is proposed, or payable in the mode without a dialogue. A part's amount is the difference of what is up to its
 * end and up to its begin, each rounded: parts come to what the whole does. Where another amount was agreed on, the
 * quantity is as measured, and the amount what was agreed, or less where less than that is left.
 *
 * @param decisions of the dialogue over this client's month, each about what exceeds the one before it
 */
export function priceOverage(
  version: TariffVersion,
  requests: bigint,
  bytes: bigint,
  decisions: readonly Decided[],
): StatementLine[] {
  const rest: LineStatus = version.consumption.overage === 'dialogue' ? 'proposed' : 'payable'
  const priced = [measureRequests(version, requests), measureTransfer(version, bytes)].flatMap(measure =>
    slice(measure, decisions, rest).map(part => ({ line: toLine(measure, part), agreed: part.agreed })),
  )
  return priced.map(part => (part.agreed === null ? part.line : agree(part, part.agreed, priced)))
}

/** An agreed amount is of both measures together: each line has its part, and the parts come to the whole. */
function agree({ line }: PricedSlice, agreed: Agreed, priced: readonly PricedSlice[]): StatementLine {
  const lines = priced.filter(each => each.agreed === agreed).map(each => each.line)
  const sumOf = (some: readonly StatementLine[]) => new Exact(sumAmounts(some.map(each => each.amountNok)))
  const total = sumOf(lines)
  const paid = Exact.min(agreed.agreedNok, total)
  const payUpTo = (end: number) =>
    total.isZero() ? total : new Exact(roundToOre(paid.times(sumOf(lines.slice(0, end))).div(total)))
  const index = lines.indexOf(line)
  const amountNok = payUpTo(index + 1)
    .minus(payUpTo(index))
    .toFixed(2)
  return { ...line, detail: `${line.detail}, amount agreed`, amountNok }
}

function measureRequests({ consumption }: TariffVersion, requests: bigint): Measure {
  const { allowance, pricePerRequest } = consumption
  return {
    line: {
      item: 'overage_requests',
      detail: `Requests above ${allowance.requests}`,
      unit: 'request',
      unitPriceNok: new Exact(pricePerRequest).toFixed(),
    },
    above: requests - BigInt(allowance.requests),
    countsPerUnit: 1,
    coveredBy: decided => ({ count: BigInt(decided.requests), amountNok: decided.requestsNok }),
  }
}

function measureTransfer(version: TariffVersion, bytes: bigint): Measure {
  const { allowance, pricePerMegabyte } = version.consumption
  return {
    line: {
      item: 'overage_transfer',
      detail: `Transfer above ${allowance.gigabytes} GB`,
      unit: 'MB',
      unitPriceNok: new Exact(pricePerMegabyte).toFixed(),
    },
    above: bytes - allowanceBytes(version),
    countsPerUnit: version.definitions.megabyteBytes,
    coveredBy: decided => ({ count: BigInt(decided.bytes), amountNok: decided.transferNok }),
  }
}

/** Neighbours of the same status are one, unless an amount was agreed on for either. */
function slice(measure: Measure, decisions: readonly Decided[], rest: LineStatus): Slice[] {
  const bounds = decisions.map(decided => ({
    to: findBound(measure, decided),
    status: statusOf(decided),
    agreed: isAgreed(decided) ? decided : null,
  }))
  const slices: Slice[] = []
  for (const { to, ...part } of [...bounds, { to: measure.above, status: rest, agreed: null }]) {
    const last = slices.at(-1)
    const from = last?.to ?? 0n
    if (to <= from) continue
    const isAlike = last?.status === part.status && last.agreed === null && part.agreed === null
    if (isAlike) slices[slices.length - 1] = { ...last, to }
    else slices.push({ from, to, ...part })
  }
  return slices
}

function isAgreed(decided: Decided): decided is Agreed {
  return decided.agreedNok !== null
}

function statusOf({ outcome }: Decided): LineStatus {
  switch (outcome) {
    case 'charge':
      return 'payable'
    case 'waived':
    case 'reduced_usage':
      return 'waived'
  }
}

/** How far a decision reaches: no further than was decided, nor, at a higher price, than the amount that was seen. */
function findBound(measure: Measure, decided: Decided): bigint {
  const { count, amountNok } = measure.coveredBy(decided)
  const reached = count < measure.above ? count : measure.above
  if (reached <= 0n || new Exact(amountUpTo(measure, reached)).lte(amountNok)) return reached
  // The most whose amount is not rounded up to more than what was seen.
  const limit = new Exact(amountNok).plus('0.005').times(measure.countsPerUnit)
  return BigInt(limit.div(measure.line.unitPriceNok).ceil().minus(1).toFixed())
}

function toLine(measure: Measure, { from, to, status }: Slice): StatementLine {
  const amount = new Exact(amountUpTo(measure, to)).minus(amountUpTo(measure, from))
  return {
    ...measure.line,
    integrationId: '',
    quantity: quantityOf(measure, to - from).toFixed(),
    amountNok: amount.toFixed(2),
    status,
  }
}

function amountUpTo(measure: Measure, count: bigint): DecimalText {
  return roundToOre(quantityOf(measure, count).times(measure.line.unitPriceNok))
}

/** Exact: a division by a power of ten, or of two. */
function quantityOf({ countsPerUnit }: Measure, count: bigint): Decimal {
  return new Exact(count.toString()).div(countsPerUnit)
}
