import { StoreError } from './store.ts'

/**
 * Rows as JSONEachRow text. A bigint goes as its digits in quotes, which ClickHouse reads exactly into any numeric
 * column; a number that JSON or a double would alter is refused rather than stored as something else.
 */
export function encodeRows(table: string, rows: readonly Record<string, unknown>[]): string {
  let text = ''
  for (const [index, row] of rows.entries()) {
    text += `${JSON.stringify(row, (column, value) => encodeValue(table, index, column, value))}\n`
  }
  return text
}

function encodeValue(table: string, index: number, column: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'number') return value
  if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) return value
  throw new StoreError(
    `row ${index + 1} for ${table} has ${value} at "${column}": expected a finite number that a double holds exactly; use a bigint or a string`,
    'INEXACT_NUMBER',
  )
}
