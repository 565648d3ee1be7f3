import { CsvError, parse } from 'csv-parse/sync'
import { z } from 'zod'
import type { RegistryFault } from './registry.ts'

/** One row's text, by column. `line` counts from 1, the header's. */
export type TableRow<Column extends string> = {
  readonly line: number
  readonly cells: Readonly<Record<Column, string>>
}

type Table<Column extends string> = {
  /** Null when the cells can't be told apart; rows with a wrong number of cells are left out, each a fault. */
  readonly rows: readonly TableRow<Column>[] | null
  readonly faults: readonly RegistryFault[]
}

const recordsShape = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }))

/**
 * Reads CSV text with a header that names all of `columns`, any of `optional` and no others, in any order. A cell of an
 * optional column that the header doesn't name is empty.
 */
export function readTable<Column extends string>(
  file: string,
  text: string,
  columns: readonly Column[],
  optional: readonly string[] = [],
): Table<Column> {
  const parsed = parseCsv(file, text)
  if (!parsed.ok) return { rows: null, faults: [parsed.fault] }
  const [header, ...body] = parsed.records
  const headerFaults = checkHeader(file, header?.cells ?? [], columns, optional)
  if (header === undefined || headerFaults.length > 0) return { rows: null, faults: headerFaults }

  const cellsShape = z.looseRecord(z.enum(columns), z.string())
  const absent = optional.filter(column => !header.cells.includes(column)).map(column => [column, ''])
  const rows: TableRow<Column>[] = []
  const faults: RegistryFault[] = []
  for (const { line, cells } of body) {
    if (cells.length === header.cells.length) {
      const named = Object.fromEntries([
        ...header.cells.map((column, index) => [column, cells[index]]),
        ...absent,
      ])
      rows.push({ line, cells: cellsShape.parse(named) })
    } else {
      const detail = `${cells.length} cells; expected ${header.cells.length}: ${header.cells.join(',')}`
      faults.push({ file, line, column: null, detail })
    }
  }
  return { rows, faults }
}

/** Far above any registry, and far below what would exhaust the memory. */
const ROWS_MAX = 2_000_000

type CsvRecord = { readonly line: number; readonly cells: readonly string[] }

function parseCsv(
  file: string,
  text: string,
): { ok: true; records: CsvRecord[] } | { ok: false; fault: RegistryFault } {
  try {
    // The parser counts a CRLF inside quotes as two lines; and a registry is the same whichever system wrote it.
    const parsed = parse(text.replace(/\r\n?/g, '\n'), {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      to: ROWS_MAX + 2,
    })
    const records = recordsShape.parse(parsed).map(({ record, info }) => ({
      // The parser tells where a record ends; a quoted cell may hold line breaks.
      line: info.lines - record.reduce((breaks, cell) => breaks + cell.split('\n').length - 1, 0),
      cells: record,
    }))
    if (records.length <= ROWS_MAX + 1) return { ok: true, records }
    const detail = `more than ${ROWS_MAX} rows; expected at most so many`
    return { ok: false, fault: { file, line: null, column: null, detail } }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error.lines === 'number' ? error.lines : null
    return { ok: false, fault: { file, line, column: null, detail: `${error.message}; expected CSV` } }
  }
}

function checkHeader(
  file: string,
  header: readonly string[],
  columns: readonly string[],
  optional: readonly string[],
): RegistryFault[] {
  const fault = (column: string | null, detail: string) => ({ file, line: 1, column, detail })
  const expected = `expected ${columns.join(',')}`
  if (header.length === 0) return [fault(null, `the header is missing; ${expected}`)]
  if (!columns.some(column => header.includes(column))) {
    const found = JSON.stringify(header.join(',').slice(0, 60))
    const separated = header.length === 1 ? ', separated by commas' : ''
    return [fault(null, `${found} is no header; ${expected}${separated}`)]
  }
  const faults: RegistryFault[] = []
  for (const column of columns) {
    if (!header.includes(column)) faults.push(fault(column, `the column is missing; ${expected}`))
  }
  for (const [index, column] of header.entries()) {
    if (!columns.includes(column) && !optional.includes(column)) {
      const others = optional.length === 0 ? '' : `, with or without ${optional.join(',')}`
      faults.push(fault(column, `the column is unknown; ${expected}${others}`))
    } else if (header.indexOf(column) < index)
      faults.push(fault(column, 'the column is there twice; expected once'))
  }
  return faults
}
