import type { Difference, DifferenceLine } from '@forbruk/schemas/statement/payer-statement.ts'
import { bytesOf, type Statement, type StatementAdjustment } from '@forbruk/schemas/statement/statement.ts'
import { statementNumber } from '@forbruk/schemas/statement/statement-number.ts'
import { sumAmounts } from '../rating/price-lines.ts'
import { byName } from './by-name.ts'
import { listPriceChanges } from './list-price-changes.ts'
import { mergeAdjustments } from './merge-adjustments.ts'
import type { Announced } from './read-announced.ts'
import type { MonthTerms } from './read-terms.ts'

type StatedNow = {
  readonly month: string
  readonly payerId: string
  readonly terms: MonthTerms
  readonly statements: readonly Statement[]
}

/** Pure: what a payer's statement changes of what was announced to them before. */
export function explainAnnounced(announced: Announced, now: StatedNow): Difference {
  const { revision } = announced
  const { month, payerId } = now
  const after = new Map(now.statements.map(each => [each.clientId, each]))
  const lines = mergeAdjustments(announced.adjustments.get(payerId) ?? []).map(each =>
    toLine(each, announced, after, now.terms),
  )
  return {
    revision,
    number: statementNumber({ month, revision, payerId }),
    lines: lines.toSorted(byName),
    payableNok: sumAmounts(lines.map(line => line.payableNok)),
  }
}

function toLine(
  adjustment: StatementAdjustment,
  announced: Announced,
  statements: ReadonlyMap<string, Statement>,
  { version, countedClients }: MonthTerms,
): DifferenceLine {
  const { payerId: _, payerName: __, occurrence: ___, causes, ...line } = adjustment
  const [before, after] = [announced.statements.get(line.clientId), statements.get(line.clientId)]
  const isKnown = before !== undefined && after !== undefined
  const tierClients = countedClients.get(line.clientId)?.length ?? 0
  const isRepriced = causes.some(({ cause }) => cause === 'tariff')
  return {
    ...line,
    causes: causes.map(({ cause, amountNok, payableNok }) => ({ cause, amountNok, payableNok })),
    requestsMore: isKnown ? String(BigInt(after.requests) - BigInt(before.requests)) : '0',
    bytesMore: isKnown ? String(bytesOf(after) - bytesOf(before)) : '0',
    priceChanges: isRepriced ? listPriceChanges(line.item, announced.version, version, tierClients) : [],
  }
}
