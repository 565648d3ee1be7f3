import { groupThousands } from '@forbruk/schemas/number/group-thousands.ts'
import { makePrintable } from '@forbruk/schemas/text/make-printable.ts'
import Table from 'cli-table3'

/** One column of a printed table; numbers are set to the right. */
type Column = { readonly title: string; readonly align?: 'left' | 'right' }

export function printTable(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
  const table = new Table({
    ...(columns.some(column => column.title !== '') ? { head: columns.map(column => column.title) } : {}),
    colAligns: columns.map(column => column.align ?? 'left'),
    style: { head: [], border: [], compact: true },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
  })
  table.push(...rows.map(row => [...row]))
  printLine(table.toString())
}

/** Machine-readable output: one JSON document; 64-bit integers as strings, as ClickHouse prints them. */
export function printJson(value: unknown): void {
  printLine(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part), 2))
}

/** A reader such as `head` that has seen enough is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

export function printLine(text = ''): void {
  printText(`${text}\n`)
}

/** Without a newline of ours. To a file or another program as it is; to a terminal without what it would obey. */
export function printText(text: string): void {
  process.stdout.write(process.stdout.isTTY ? makePrintable(text) : text)
}

/** A file's bytes, as they are; a terminal gets them as text. */
export function printBytes(bytes: Uint8Array): void {
  if (process.stdout.isTTY) printText(Buffer.from(bytes).toString())
  else process.stdout.write(bytes)
}

/** 1234567 as 1 234 567, which every reader of numbers in this trade can read and awk can undo. */
export function groupDigits(value: number | bigint | string): string {
  const [whole = '', ...rest] = String(value).split('.')
  return [groupThousands(whole, ' '), ...rest].join('.')
}

/** In UTC, as ClickHouse prints it. */
export function spellTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('T', ' ').replace('Z', '')
}
