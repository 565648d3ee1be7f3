import type { Store } from '@forbruk/infra/store/store.ts'
import { statement } from '@forbruk/infra/store/tables/statement.ts'
import { statementAdjustment } from '@forbruk/infra/store/tables/statement-adjustment.ts'
import { statementLine } from '@forbruk/infra/store/tables/statement-line.ts'
import { omit, select } from '@forbruk/infra/store/tables/table.ts'
import type { Statement, StatementAdjustment } from '@forbruk/schemas/statement/statement.ts'
import { type CloseKey, OF_CLOSE, OF_PAYERS, ofClose, ofPayers, type PayerRange } from './of-close.ts'

const statements = select(omit(statement, 'month', 'revision', 'closeId'))
const lines = select(omit(statementLine, 'month', 'revision', 'closeId', 'line'))
const adjustments = select(omit(statementAdjustment, 'month', 'revision', 'closeId'))

/** The statements of a close as they were recorded, by client; all, or those of neighbouring payers. */
export async function readStatements(
  store: Store,
  close: CloseKey,
  payers: PayerRange | null = null,
): Promise<Statement[]> {
  const params = payers === null ? ofClose(close) : ofPayers(close, payers)
  const ofThem = payers === null ? OF_CLOSE : OF_PAYERS
  const linesOfThem =
    payers === null
      ? OF_CLOSE
      : `${OF_CLOSE} AND client_id IN (SELECT client_id FROM statement WHERE ${OF_PAYERS})`
  const rows = await store.query(
    `SELECT ${statements.list} FROM statement FINAL WHERE ${ofThem} ORDER BY client_id`,
    statements.shape,
    params,
  )
  const lineRows = await store.query(
    `SELECT ${lines.list} FROM statement_line FINAL WHERE ${linesOfThem} ORDER BY client_id, line`,
    lines.shape,
    params,
  )
  const linesByClient = Map.groupBy(lineRows, line => line.clientId)
  return rows.map(row => ({
    ...row,
    lines: (linesByClient.get(row.clientId) ?? []).map(({ clientId: _, ...line }) => line),
  }))
}

const amounts = select(statement, 'clientId', 'clientName', 'payerId', 'payableNok', 'proposedNok')

/** What the statements of a close come to, without the rest of them. */
export function readAmounts(store: Store, close: CloseKey) {
  const sql = `SELECT ${amounts.list} FROM statement FINAL WHERE ${OF_CLOSE} ORDER BY client_id`
  return store.query(sql, amounts.shape, ofClose(close))
}

/** What a close changes of the revision before for neighbouring payers. */
export async function readAdjustments(
  store: Store,
  close: CloseKey,
  payers: PayerRange,
): Promise<StatementAdjustment[]> {
  return store.query(
    `SELECT ${adjustments.list} FROM statement_adjustment FINAL WHERE ${OF_PAYERS}
     ORDER BY client_id, item, integration_id, occurrence`,
    adjustments.shape,
    ofPayers(close, payers),
  )
}
