/** What of a closed month can be had as a file: one of its views, in one of these formats. */
export const EXPORT_TABLES = ['statements', 'statement_lines', 'statement_adjustments'] as const
export type ExportTable = (typeof EXPORT_TABLES)[number]

export const EXPORT_FORMATS = ['csv', 'json', 'parquet'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]
