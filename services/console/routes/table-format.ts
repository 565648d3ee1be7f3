import { Readable } from 'node:stream'
import { disarmCsv } from '@forbruk/infra/store/disarm-csv.ts'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { ProblemError, problemShape } from '../server/problem.ts'
import { type Cell, streamParquet } from './stream-parquet.ts'

/** How a table is answered: as a page of JSON, or whole, as a file. */
type TableFormat = 'json' | 'csv' | 'parquet'

export const CSV_TYPE = 'text/csv; charset=utf-8; header=present'
export const PARQUET_TYPE = 'application/vnd.apache.parquet'

const TYPES = {
  json: 'application/json',
  csv: 'text/csv',
  parquet: PARQUET_TYPE,
} as const satisfies Record<TableFormat, string>
const FORMATS = ['json', 'csv', 'parquet'] as const satisfies readonly TableFormat[]

/** The content of a 200 in each of them. `page` is the one of JSON. */
export function tableContent<Page extends z.ZodType>(page: Page) {
  return {
    'application/json': { schema: page },
    // What is sent is bytes; to a reader of the description it is text.
    'text/csv': { schema: z.unknown().meta({ type: 'string' }) },
    [PARQUET_TYPE]: { schema: z.unknown().meta({ type: 'string', format: 'binary' }) },
  }
}

/** What is answered besides: an Accept header may like nothing of it. */
export const TABLE_PROBLEMS = { 406: problemShape }

/** What the Accept header likes best of what there is. Throws ProblemError where it takes none of it. */
export function chooseFormat(accept: string | undefined): TableFormat {
  if (accept === undefined || accept.trim() === '') return 'json'
  const ranges = accept.split(',').map(readRange)
  const liked = FORMATS.flatMap(format => {
    // Of the ranges that a type lies in, the most exact one says how it is liked: RFC 9110, 12.5.1.
    const names = [TYPES[format], TYPES[format].replace(/\/.*/, '/*'), '*/*']
    const range = names.map(name => ranges.find(each => each.name === name)).find(each => each !== undefined)
    return range !== undefined && range.quality > 0 ? [{ format, range }] : []
  })
  const [best] = liked.toSorted(
    ({ range: a }, { range: b }) => b.quality - a.quality || ranges.indexOf(a) - ranges.indexOf(b),
  )
  if (best !== undefined) return best.format
  const detail = `expected Accept: application/json, text/csv or ${PARQUET_TYPE}`
  throw new ProblemError({ kind: 'format_unknown', status: 406, detail })
}

/** RFC 9110, 12.4.2. */
const QUALITY = /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/

function readRange(text: string) {
  const [name = '', ...parameters] = text.split(';').map(each => each.trim().toLowerCase())
  const quality = parameters.find(each => each.startsWith('q='))?.slice(2) ?? '1'
  // What is no quality asks for nothing.
  return { name, quality: QUALITY.test(quality) ? Number(quality) : 0 }
}

/** The columns of a file, and what stands in each of a row. */
export type Columns<Row> = readonly (readonly [
  name: string,
  type: 'text' | 'count',
  cell: (row: Row) => Cell,
])[]

type TablePages<Row> = AsyncGenerator<readonly Row[]>

/**
 * Answers a table as a file, a page at a time as its reader takes it, so that however many rows cost the memory of one
 * page. What is refused is refused before the file begins, since the first page is read by then. An error ends the
 * answer where it is, so that half a table is taken for none.
 */
export async function sendTable<Row>(
  reply: FastifyReply,
  format: Exclude<TableFormat, 'json'>,
  columns: Columns<Row>,
  pages: TablePages<Row>,
) {
  const first = await pages.next()
  const all = toCells(columns, first, pages)
  const names = columns.map(([name]) => name)
  reply.header('vary', 'accept')
  if (format === 'csv') return reply.type(CSV_TYPE).send(streamCsv(names, all))
  const types = columns.map(([name, type]) => ({ name, type }))
  return reply.type(PARQUET_TYPE).send(streamParquet(types, all))
}

async function* toCells<Row>(
  columns: Columns<Row>,
  first: IteratorResult<readonly Row[]>,
  rest: TablePages<Row>,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  for (let page = first; page.done !== true; page = await rest.next())
    yield page.value.map(row => columns.map(([, , cell]) => cell(row)))
}

/** One page, for a table that is not cut into several. */
export async function* onePage<Row>(rows: readonly Row[]): TablePages<Row> {
  yield rows
}

/** Each page from where the one before ended, until one is not full. */
export async function* eachPage<Row>(
  rowsMax: number,
  read: (last: Row | undefined) => Promise<readonly Row[]>,
): TablePages<Row> {
  for (let last: Row | undefined; ; ) {
    const rows = await read(last)
    yield rows
    last = rows.at(-1)
    if (rows.length < rowsMax) return
  }
}

/** A table as CSV. Text is in quotes, and no formula to a spreadsheet; counts are bare; null is empty. */
export function streamCsv(
  columns: readonly string[],
  pages: AsyncIterable<readonly (readonly Cell[])[]>,
): Readable {
  async function* write() {
    yield `${columns.map(spell).join(',')}\n`
    for await (const rows of pages) {
      if (rows.length > 0)
        yield disarmCsv(Buffer.from(rows.map(row => `${row.map(spell).join(',')}\n`).join('')))
    }
  }
  return Readable.from(write())
}

function spell(cell: Cell): string {
  if (cell === null) return ''
  return typeof cell === 'bigint' ? String(cell) : `"${cell.replaceAll('"', '""')}"`
}
