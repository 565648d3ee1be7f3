import { Readable } from 'node:stream'
import { disarmCsv } from '@forbruk/infra/store/disarm-csv.ts'
import { z } from 'zod'
import { ProblemError } from '../server/problem.ts'

/** How a table is answered: as a page of JSON, or whole, as a file. */
type TableFormat = 'json' | 'csv' | 'parquet'

export const CSV_TYPE = 'text/csv; charset=utf-8; header=present'
export const PARQUET_TYPE = 'application/vnd.apache.parquet'

const FORMAT_OF: ReadonlyMap<string, TableFormat> = new Map([
  ['*/*', 'json'],
  ['application/*', 'json'],
  ['application/json', 'json'],
  ['text/*', 'csv'],
  ['text/csv', 'csv'],
  [PARQUET_TYPE, 'parquet'],
])

/** The content of a 200 in each of them. `page` is the one of JSON. */
export function tableContent<Page extends z.ZodType>(page: Page) {
  return {
    'application/json': { schema: page },
    // What is sent is bytes; to a reader of the description it is text.
    'text/csv': { schema: z.unknown().meta({ type: 'string' }) },
    [PARQUET_TYPE]: { schema: z.unknown().meta({ type: 'string', format: 'binary' }) },
  }
}

/** What the Accept header likes best of what there is. Throws ProblemError where it takes none of it. */
export function chooseFormat(accept: string | undefined): TableFormat {
  if (accept === undefined || accept.trim() === '') return 'json'
  const liked = accept.split(',').flatMap(part => {
    const [type = '', ...parameters] = part.split(';').map(each => each.trim().toLowerCase())
    const quality = Number(parameters.find(each => each.startsWith('q='))?.slice(2) ?? 1)
    const format = FORMAT_OF.get(type)
    return format === undefined || !(quality > 0) ? [] : [{ format, quality }]
  })
  const [best] = liked.toSorted((a, b) => b.quality - a.quality)
  if (best !== undefined) return best.format
  const detail = `expected Accept: application/json, text/csv or ${PARQUET_TYPE}`
  throw new ProblemError({ kind: 'format_unknown', status: 406, detail })
}

type Cell = string | bigint | null

/**
 * A table as CSV, a page at a time as its reader takes it, so that however many rows cost the memory of one page. Text
 * is in quotes, and no formula to a spreadsheet; counts are bare; null is empty. An error ends the answer where it is,
 * so that half a table is taken for none.
 */
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
