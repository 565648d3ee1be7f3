import { disarmCsv, disarmExcelCsv } from '@forbruk/infra/store/disarm-csv.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { EVERYTHING, type Scope } from '@forbruk/schemas/access/scope.ts'
import type { ExportFormat, ExportTable } from '@forbruk/schemas/statement/export.ts'
import { ofClose } from '../revision/of-close.ts'
import type { StatedRevision } from './find-revision.ts'
import { payersInScope } from './payers-in-scope.ts'

/** ClickHouse's own formats; JSON is one array. */
const FORMAT = {
  csv: 'CSVWithNames',
  'csv-excel': 'CSVWithNames',
  json: 'JSONEachRow',
  parquet: 'Parquet',
} as const satisfies Record<ExportFormat, string>

/** All that a spreadsheet can hold of a view; what the whole revision has in common is in its proof. */
const COLUMNS = {
  statements: '* EXCEPT (usage, is_latest, definitions, stream, cut)',
  statement_lines: '* EXCEPT is_latest',
  statement_adjustments: `
    * EXCEPT is_latest
    REPLACE (arrayStringConcat(arrayMap(each -> concat(each.cause, ': ', each.detail), causes), '; ') AS causes)`,
} as const satisfies Record<ExportTable, string>

const ORDER = {
  statements: 'client_id',
  statement_lines: 'client_id, line',
  statement_adjustments: 'client_id, payer_id, item, integration_id',
} as const satisfies Record<ExportTable, string>

type Revision = Pick<StatedRevision, 'month' | 'revision' | 'closeId'>

/** The same, since it is held whole, of so many rows at most; null where there are more. */
export async function exportTableUpTo(
  rowsMax: number,
  store: Store,
  stated: Revision,
  table: ExportTable,
  format: ExportFormat,
  scope: Scope,
): Promise<Buffer | null> {
  const { from, params } = selectFrom(stated, table, scope)
  // A revision doesn't change: what is counted is what is read.
  const [counted] = await store.query(`SELECT count() AS rows ${from}`, countShape, params)
  if (counted === undefined || counted.rows > rowsMax) return null
  return exportTable(store, stated, table, format, scope)
}

const countShape = shapeOf({ rows: safeCount })

function selectFrom(stated: Revision, table: ExportTable, scope: Scope) {
  const { condition, params } = payersInScope(scope)
  const from = `FROM ${table} WHERE month = {month:String} AND revision = {revision:UInt32} AND ${condition}`
  return { from, params: { ...ofClose(stated), ...params } }
}

/**
 * One of a revision's views as a file. In JSON decimals and 64-bit integers are quoted, since a double would round
 * them; in CSV no text is a formula.
 */
export async function exportTable(
  store: Store,
  stated: Revision,
  table: ExportTable,
  format: ExportFormat,
  scope: Scope = EVERYTHING,
): Promise<Buffer> {
  const { from, params } = selectFrom(stated, table, scope)
  const sql = `
SELECT ${COLUMNS[table]}
${from}
ORDER BY ${ORDER[table]}
${SETTINGS[format]}`
  const bytes = await store.queryBytes(sql, FORMAT[format], params)
  switch (format) {
    case 'csv':
      return disarmCsv(bytes)
    case 'csv-excel':
      return disarmExcelCsv(bytes)
    case 'json':
    case 'parquet':
      return bytes
  }
}

const SETTINGS = {
  csv: '',
  'csv-excel': "SETTINGS format_csv_delimiter = ';', output_format_csv_crlf_end_of_line = 1",
  json: 'SETTINGS output_format_json_array_of_rows = 1',
  // Else a name is bytes to a reader.
  parquet: 'SETTINGS output_format_parquet_string_as_string = 1',
} as const satisfies Record<ExportFormat, string>
