import {
  type AdjustmentCause,
  bytesOf,
  type CauseKind,
  type DecimalText,
  type Statement,
  type StatementAdjustment,
  type StatementLine,
} from '@forbruk/schemas/statement/statement.ts'
import { Decimal } from 'decimal.js'
import { sumAmounts } from '../rating/price-lines.ts'

/** Statements by the inputs up to and including this one new, those after it as they were. */
export type RatedStep = {
  readonly cause: Exclude<CauseKind, 'rules'>
  readonly statements: readonly Statement[]
  /** What changed, of one client; of usage it is told from the statements. */
  readonly describe: (clientId: string) => string
}

/**
 * Pure: what the last step's statements change of those before, line by line, by client, each with the part that each
 * input has in it. Inputs are changed one after the other, so that their parts add up, also where one undoes another.
 */
export function explainDifference(
  before: readonly Statement[],
  steps: readonly RatedStep[],
): StatementAdjustment[] {
  const stages = [before, ...steps.map(step => step.statements)].map(
    statements => new Map(statements.map(statement => [statement.clientId, statement])),
  )
  const last = stages.at(-1) ?? new Map<string, Statement>()
  const clientIds = [...new Set([...(stages[0]?.keys() ?? []), ...last.keys()])].sort()
  return clientIds.flatMap(clientId => {
    const ofClient = stages.map(stage => stage.get(clientId))
    return isEqual(ofClient.at(0), ofClient.at(-1)) ? [] : explainClient(clientId, ofClient, steps)
  })
}

function isEqual(before: Statement | undefined, after: Statement | undefined): boolean {
  if (before?.payerId !== after?.payerId) return false
  const [lines, others] = [before?.lines ?? [], after?.lines ?? []]
  return lines.length === others.length && lines.every((line, index) => isSameLine(line, others[index]))
}

function isSameLine(line: StatementLine | undefined, other: StatementLine | undefined): boolean {
  if (line === undefined || other === undefined) return line === other
  return (
    line.item === other.item &&
    line.integrationId === other.integrationId &&
    line.status === other.status &&
    isSameNumber(line.quantity, other.quantity) &&
    isSameNumber(line.unitPriceNok, other.unitPriceNok) &&
    isSameNumber(line.amountNok, other.amountNok)
  )
}

function isSameNumber(text: DecimalText, other: DecimalText): boolean {
  return text === other || new Decimal(text).eq(other)
}

type Billed = {
  readonly statement: Statement
  readonly line: StatementLine
  readonly occurrence: number
}

function explainClient(
  clientId: string,
  ofClient: readonly (Statement | undefined)[],
  steps: readonly RatedStep[],
): StatementAdjustment[] {
  const stages = ofClient.map(keyLines)
  const keys = new Set([...(stages.at(0)?.keys() ?? []), ...(stages.at(-1)?.keys() ?? [])])
  return [...keys].flatMap(key => {
    const billed = stages.map(stage => stage.get(key))
    const [first, last] = [billed.at(0), billed.at(-1)]
    const shown = last ?? first
    if (shown === undefined || isSameLine(first?.line, last?.line)) return []
    const causes = steps.flatMap((step, index) => {
      const [lineBefore, lineAfter] = [billed[index]?.line, billed[index + 1]?.line]
      if (isSameLine(lineBefore, lineAfter)) return []
      return [describeCause(step, clientId, ofClient[index], ofClient[index + 1], lineBefore, lineAfter)]
    })
    return [toAdjustment(shown, first?.line, last?.line, causes)]
  })
}

function keyLines(statement: Statement | undefined): Map<string, Billed> {
  const byKey = new Map<string, Billed>()
  for (const line of statement?.lines ?? []) {
    if (statement === undefined) continue
    const key = `${statement.payerId}\n${line.item}\n${line.integrationId}`
    let occurrence = 1
    while (byKey.has(`${key}\n${occurrence}`)) occurrence += 1
    byKey.set(`${key}\n${occurrence}`, { statement, line, occurrence })
  }
  return byKey
}

function describeCause(
  step: RatedStep,
  clientId: string,
  before: Statement | undefined,
  after: Statement | undefined,
  lineBefore: StatementLine | undefined,
  lineAfter: StatementLine | undefined,
): AdjustmentCause {
  const part = {
    amountNok: subtract(amountOf(lineAfter), amountOf(lineBefore)),
    payableNok: subtract(payableOf(lineAfter), payableOf(lineBefore)),
  }
  if (step.cause !== 'usage') return { cause: step.cause, detail: step.describe(clientId), ...part }
  const usage = describeUsage(before, after)
  if (usage === null) return { cause: 'rules', detail: OTHER_RULES, ...part }
  const more = step.describe(clientId)
  return { cause: 'usage', detail: more === '' ? usage : `${usage}; ${more}`, ...part }
}

export const OTHER_RULES = 'the same inputs, rated by another version'

/** Null when nothing of it changed. */
function describeUsage(before: Statement | undefined, after: Statement | undefined): string | null {
  const requests = BigInt(after?.requests ?? 0) - BigInt(before?.requests ?? 0)
  const bytes = (after ? bytesOf(after) : 0n) - (before ? bytesOf(before) : 0n)
  const metered = BigInt(after?.meteredRequests ?? 0) - BigInt(before?.meteredRequests ?? 0)
  const meteredBytes = BigInt(after?.meteredBytes ?? 0) - BigInt(before?.meteredBytes ?? 0)
  if (requests === 0n && bytes === 0n && metered === 0n && meteredBytes === 0n) {
    return listUsage(before) === listUsage(after) ? null : 'as much, by other integrations'
  }
  const all = `${signed(requests)} requests, ${signed(bytes)} bytes`
  if (metered === requests && meteredBytes === bytes) return all
  return `${all}, of which ${signed(metered)} and ${signed(meteredBytes)} count against the allowance`
}

function listUsage(statement: Statement | undefined): string {
  return (statement?.usage ?? [])
    .map(({ integrationId, requests }) => `${integrationId} ${requests}`)
    .join('\n')
}

export function signed(count: bigint): string {
  return count > 0n ? `+${count}` : String(count)
}

function toAdjustment(
  { statement, line, occurrence }: Billed,
  before: StatementLine | undefined,
  after: StatementLine | undefined,
  causes: readonly AdjustmentCause[],
): StatementAdjustment {
  const { clientId, clientName, payerId, payerName } = statement
  return {
    clientId,
    clientName,
    payerId,
    payerName,
    item: line.item,
    integrationId: line.integrationId,
    occurrence,
    unit: line.unit,
    quantityBefore: before?.quantity ?? '0',
    quantityAfter: after?.quantity ?? '0',
    statusBefore: before?.status ?? null,
    statusAfter: after?.status ?? null,
    amountBeforeNok: amountOf(before),
    amountAfterNok: amountOf(after),
    adjustmentNok: subtract(amountOf(after), amountOf(before)),
    payableNok: subtract(payableOf(after), payableOf(before)),
    causes,
  }
}

function amountOf(line: StatementLine | undefined): DecimalText {
  return line === undefined || line.status === 'waived' ? '0.00' : sumAmounts([line.amountNok])
}

function payableOf(line: StatementLine | undefined): DecimalText {
  return line?.status === 'payable' ? sumAmounts([line.amountNok]) : '0.00'
}

function subtract(amount: DecimalText, other: DecimalText): DecimalText {
  return sumAmounts([amount, new Decimal(other).neg().toFixed()])
}
