import { CAUSES, LINE_ITEMS, LINE_STATUSES, LINE_UNITS } from '@forbruk/schemas/statement/statement.ts'
import { decimalText, enumOf, enumOrNull, listOf, money, safeCount, text } from './codec.ts'
import { closeKey } from './month-close.ts'
import { declareTable, tuple } from './table.ts'

/** What a revision changes of the one before, line by line: migration 036. */
export const statementAdjustment = declareTable('statement_adjustment', {
  ...closeKey,
  clientId: text,
  clientName: text,
  payerId: text,
  payerName: text,
  item: enumOf(LINE_ITEMS),
  integrationId: text,
  occurrence: safeCount,
  unit: enumOf(LINE_UNITS),
  quantityBefore: decimalText(20),
  quantityAfter: decimalText(20),
  statusBefore: enumOrNull(LINE_STATUSES),
  statusAfter: enumOrNull(LINE_STATUSES),
  amountBeforeNok: money,
  amountAfterNok: money,
  adjustmentNok: money,
  payableNok: money,
  causes: listOf(tuple({ cause: enumOf(CAUSES), detail: text, amountNok: money, payableNok: money })),
})
