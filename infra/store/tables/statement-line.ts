import { LINE_ITEMS, LINE_STATUSES, LINE_UNITS } from '@forbruk/schemas/statement/statement.ts'
import { decimalText, enumOf, money, safeCount, text } from './codec.ts'
import { closeKey } from './month-close.ts'
import { declareTable } from './table.ts'

/** Migration 031. */
export const statementLine = declareTable('statement_line', {
  ...closeKey,
  clientId: text,
  /** From 1, in the order printed. */
  line: safeCount,
  item: enumOf(LINE_ITEMS),
  integrationId: text,
  detail: text,
  quantity: decimalText(20),
  unit: enumOf(LINE_UNITS),
  unitPriceNok: decimalText(6),
  amountNok: money,
  status: enumOf(LINE_STATUSES),
})
