import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import { cutAtLines, LineFault } from './cut-at-lines.ts'
import type { FaultList } from './fault-list.ts'
import { PackedRows, type PackedTable } from './packed-rows.ts'
import type { TextPool } from './text-pool.ts'

/** A file's bytes, in pieces of any size. */
export type FileChunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

type TableOptions<Column extends string> = {
  /** Its name, for the faults. */
  readonly file: string
  readonly chunks: FileChunks
  /** In any order, and no others. */
  readonly columns: readonly Column[]
  /** Those of them that may be left out; their cells are empty then. */
  readonly optional: readonly string[]
  /** Those whose texts nobody compares with others. */
  readonly names: readonly Column[]
  readonly pool: TextPool
  readonly faults: FaultList
}

/** Far above any registry, and far below what would exhaust the memory. */
const ROWS_MAX = 1_000_000
/** Of one, with what a quoted cell may hold. */
const ROW_CHARACTERS_MAX = 65_536

/**
 * Reads CSV with a header, row by row. Null when the cells can't be told apart; rows with a wrong number of cells are
 * left out, each a fault.
 */
export async function readTable<Column extends string>(
  options: TableOptions<Column>,
): Promise<PackedTable<Column> | null> {
  const { file, columns, names, pool, faults } = options
  let header: readonly string[] = []
  let rows: PackedRows<Column> | null = null
  let records = 0
  const take = (cells: readonly string[], line: number) => {
    records += 1
    if (records > ROWS_MAX + 1)
      throw new Unreadable(null, `more than ${ROWS_MAX} rows; expected at most so many`)
    if (rows === null) {
      header = checkHeader(options, cells)
      rows = new PackedRows(pool, columns, header, names)
    } else if (cells.length === header.length) rows.add(cells, line)
    else {
      const detail = `${cells.length} cells; expected ${header.length}: ${header.join(',')}`
      faults.add({ file, line, column: null, detail })
    }
  }
  try {
    await parseCsv(options.chunks, take)
    // Assigned by what takes rows, which the type checker can't see.
    const taken = rows as PackedRows<Column> | null
    if (taken !== null) return taken.finish()
    faults.add({ file, line: 1, column: null, detail: `the header is missing; ${expecting(options)}` })
  } catch (error) {
    if (error instanceof Unreadable || error instanceof LineFault) {
      faults.add({ file, line: error.line, column: null, detail: error.message })
    } else if (error instanceof CsvError) {
      const line = typeof error.lines === 'number' ? error.lines : null
      faults.add({ file, line, column: null, detail: `${error.message}; expected CSV` })
    } else if (!(error instanceof WrongHeader)) throw error
  }
  return null
}

class Unreadable extends Error {
  readonly line: number | null
  constructor(line: number | null, detail: string) {
    super(detail)
    this.line = line
  }
}
/** Its faults are told already. */
class WrongHeader extends Error {}

type Take = (cells: readonly string[], line: number) => void

async function parseCsv(chunks: FileChunks, take: Take): Promise<void> {
  const parser = parse({
    record_delimiter: '\n',
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_CHARACTERS_MAX,
    on_record: (cells: string[], context) => {
      // The parser tells where a record ends; a quoted cell may hold line breaks.
      take(cells, context.lines - cells.reduce(addBreaks, 0))
      return null
    },
  })
  const lines = Readable.from(takePlain(cutAtLines(chunks), take))
  lines.on('error', error => parser.destroy(error))
  lines.pipe(parser).resume()
  try {
    await finished(parser)
  } finally {
    lines.destroy()
  }
}

const QUOTE = 0x22
const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/**
 * Takes the rows up to the first quote: their cells are what stands between commas, and most large files have no more
 * to them. The rest is for the parser, after as many empty lines as were taken, so that it counts on from there.
 */
async function* takePlain(chunks: AsyncIterable<Uint8Array>, take: Take): AsyncGenerator<Uint8Array> {
  let isPlain = true
  let line = 0
  for await (const lines of withoutMark(chunks)) {
    if (isPlain && lines.includes(QUOTE)) {
      isPlain = false
      yield Buffer.alloc(line, '\n')
    }
    if (isPlain) line = takeRows(lines, line, take)
    else yield lines
  }
}

/** Answers the line of the last one. */
function takeRows(lines: Uint8Array, lineBefore: number, take: Take): number {
  let line = lineBefore
  const rows = Buffer.from(lines.buffer, lines.byteOffset, lines.length).toString('utf8').split('\n')
  // What follows the last line end is no line of its own.
  if (rows.at(-1) === '') rows.pop()
  for (const row of rows) {
    line += 1
    if (row.length > ROW_CHARACTERS_MAX) {
      const detail = `the line has more than ${ROW_CHARACTERS_MAX} characters; expected at most so many`
      throw new LineFault(line, detail)
    }
    if (row !== '') take(row.split(','), line)
  }
  return line
}

async function* withoutMark(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true
  for await (const chunk of chunks) {
    const hasMark = isFirst && BYTE_ORDER_MARK.equals(chunk.subarray(0, BYTE_ORDER_MARK.length))
    yield hasMark ? chunk.subarray(BYTE_ORDER_MARK.length) : chunk
    isFirst = false
  }
}

function addBreaks(breaks: number, cell: string): number {
  return cell.includes('\n') ? breaks + cell.split('\n').length - 1 : breaks
}

/** Throws WrongHeader once all that is wrong with it is told. */
function checkHeader<Column extends string>(
  options: TableOptions<Column>,
  header: readonly string[],
): readonly string[] {
  const { file, columns, optional, faults } = options
  const known: readonly string[] = columns
  const needed = columns.filter(column => !optional.includes(column))
  const before = faults.count
  const add = (column: string | null, detail: string) => faults.add({ file, line: 1, column, detail })
  if (!needed.some(column => header.includes(column))) {
    const found = JSON.stringify(header.join(',').slice(0, 60))
    const separated = header.length === 1 ? ', separated by commas' : ''
    add(null, `${found} is no header; ${expecting(options)}${separated}`)
    throw new WrongHeader()
  }
  for (const column of needed) {
    if (!header.includes(column)) add(column, `the column is missing; ${expecting(options)}`)
  }
  for (const [index, column] of header.entries()) {
    if (!known.includes(column)) {
      const others = optional.length === 0 ? '' : `, with or without ${optional.join(',')}`
      add(column.slice(0, 60), `the column is unknown; ${expecting(options)}${others}`)
    } else if (header.indexOf(column) < index) add(column, 'the column is there twice; expected once')
  }
  if (faults.count > before) throw new WrongHeader()
  return header
}

function expecting({ columns, optional }: Pick<TableOptions<string>, 'columns' | 'optional'>): string {
  return `expected ${columns.filter(column => !optional.includes(column)).join(',')}`
}
