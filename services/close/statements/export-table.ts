import type { Store } from '@forbruk/infra/store/store.ts'
import type { StatedRevision } from './find-revision.ts'

export type ExportedTable = 'statements' | 'statement_lines' | 'statement_adjustments'
export type ExportedFormat = 'csv' | 'json' | 'parquet'

/** ClickHouse's own formats; JSON is one array. */
const FORMAT = {
  csv: 'CSVWithNames',
  json: 'JSONEachRow',
  parquet: 'Parquet',
} as const satisfies Record<ExportedFormat, string>

/** The views' columns that a spreadsheet can hold; what the whole revision has in common is in its proof. */
const COLUMNS = {
  statements: `
    month, revision, client_id, client_name, partner_id, payer_id, payer_name, status, amount_nok, payable_nok,
    proposed_nok, requests, request_bytes, response_bytes, bytes, metered_requests, metered_bytes, content_hash,
    closed_at, forced_reason, tariff_valid_from`,
  statement_lines: `
    month, revision, client_id, client_name, payer_id, line, item, integration_id, detail, quantity, unit,
    unit_price_nok, amount_nok, status, content_hash`,
  statement_adjustments: `
    month, revision, client_id, client_name, payer_id, payer_name, item, integration_id, unit, quantity_before,
    quantity_after, status_before, status_after, amount_before_nok, amount_after_nok, adjustment_nok, payable_nok,
    arrayStringConcat(arrayMap(each -> concat(each.cause, ': ', each.detail), causes), '; ') AS causes, content_hash`,
} as const satisfies Record<ExportedTable, string>

const ORDER = {
  statements: 'client_id',
  statement_lines: 'client_id, line',
  statement_adjustments: 'client_id, payer_id, item, integration_id',
} as const satisfies Record<ExportedTable, string>

/** One of a revision's views as a file. Decimals and 64-bit integers are quoted in JSON, since a double would round them. */
export async function exportTable(
  store: Store,
  { month, revision }: StatedRevision,
  table: ExportedTable,
  format: ExportedFormat,
): Promise<Buffer> {
  const sql = `
SELECT ${COLUMNS[table]}
FROM ${table}
WHERE month = {month:String} AND revision = {revision:UInt32}
ORDER BY ${ORDER[table]}
${SETTINGS[format]}`
  return store.queryBytes(sql, FORMAT[format], { month, revision })
}

const SETTINGS = {
  csv: '',
  json: 'SETTINGS output_format_json_array_of_rows = 1',
  // Else a name is bytes to a reader.
  parquet: 'SETTINGS output_format_parquet_string_as_string = 1',
} as const satisfies Record<ExportedFormat, string>
