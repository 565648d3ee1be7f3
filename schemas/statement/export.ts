/** What of a closed month can be had as a file: one of its views, in one of these formats. */
export const EXPORT_TABLES = ['statements', 'statement_lines', 'statement_adjustments'] as const
export type ExportTable = (typeof EXPORT_TABLES)[number]

/** `csv-excel` is for a Norwegian Excel: semicolons, decimal comma, CRLF, and a mark that says it is UTF-8. */
export const EXPORT_FORMATS = ['csv', 'csv-excel', 'json', 'parquet'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** `statement_lines-2026-10.csv`. */
export function exportedFileName(table: ExportTable, month: string, format: ExportFormat): string {
  return `${table}-${month}.${format === 'csv-excel' ? 'csv' : format}`
}
