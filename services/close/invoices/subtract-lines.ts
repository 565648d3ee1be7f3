import type { ClientLine } from '@forbruk/schemas/statement/payer-statement.ts'
import type { DecimalText } from '@forbruk/schemas/statement/statement.ts'
import { Exact } from '../rating/price-lines.ts'
import type { InvoiceLine } from './invoice.ts'

/** A client's statement, as far as it is invoiced. */
export type InvoicedStatement = {
  readonly clientId: string
  readonly clientName: string
  readonly lines: readonly ClientLine[]
}

/** Pure: a revision's payable lines less those of the one before. What is proposed, waived or free is in neither. */
export function subtractLines(
  before: readonly InvoicedStatement[],
  after: readonly InvoicedStatement[],
): InvoiceLine[] {
  const [linesBefore, linesAfter] = [keyLines(before), keyLines(after)]
  const keys = new Set([...linesBefore.keys(), ...linesAfter.keys()])
  return [...keys].flatMap(key => subtractLine(linesBefore.get(key), linesAfter.get(key))).map(toProduct)
}

function keyLines(statements: readonly InvoicedStatement[]): Map<string, InvoiceLine> {
  const byKey = new Map<string, InvoiceLine>()
  for (const { clientId, clientName, lines } of statements) {
    for (const { item, integrationId, status, ...line } of lines) {
      if (item === 'included' || status !== 'payable' || new Exact(line.amountNok).isZero()) continue
      const { terms, unit, quantity, unitPriceNok, amountNok } = line
      let occurrence = 1
      const keyOf = () => JSON.stringify([clientId, item, integrationId, occurrence])
      while (byKey.has(keyOf())) occurrence += 1
      byKey.set(keyOf(), { clientId, clientName, item, terms, unit, quantity, unitPriceNok, amountNok })
    }
  }
  return byKey
}

function subtractLine(before: InvoiceLine | undefined, after: InvoiceLine | undefined): InvoiceLine[] {
  if (after === undefined) return before === undefined ? [] : [negate(before)]
  if (before === undefined) return [after]
  const amount = new Exact(after.amountNok).minus(before.amountNok)
  if (amount.isZero()) return []
  // At another price the difference in quantity says nothing: what was asked for is taken back, and asked for anew.
  if (!new Exact(after.unitPriceNok).eq(before.unitPriceNok)) return [negate(before), after]
  const quantity = new Exact(after.quantity).minus(before.quantity).toFixed()
  return [{ ...after, quantity, amountNok: amount.toFixed(2) }]
}

/** A receiver multiplies, and refuses what comes out otherwise; two roundings make a difference of an øre. */
function toProduct(line: InvoiceLine): InvoiceLine {
  const { quantity, unitPriceNok, amountNok } = line
  const gap = new Exact(quantity).times(unitPriceNok).minus(amountNok).abs()
  if (gap.lte('0.01') && !new Exact(quantity).isZero()) return line
  const price = new Exact(amountNok)
  return {
    ...line,
    unit: 'sum',
    quantity: price.isNegative() ? '-1' : '1',
    unitPriceNok: price.abs().toFixed(2),
  }
}

/** The same line the other way round. */
export function negate(line: InvoiceLine): InvoiceLine {
  return { ...line, quantity: negated(line.quantity), amountNok: negated(line.amountNok) }
}

function negated(decimal: DecimalText): DecimalText {
  return decimal.startsWith('-') ? decimal.slice(1) : `-${decimal}`
}
