import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FaultList } from './fault-list.ts'
import { readTable } from './read-table.ts'
import { TextPool } from './text-pool.ts'

const COLUMNS = ['id', 'name'] as const

async function read(text: string, pieceBytes: number) {
  const bytes = Buffer.from(text)
  const starts = Array.from(
    { length: Math.ceil(bytes.length / pieceBytes) },
    (_, index) => index * pieceBytes,
  )
  const chunks = starts.map(start => bytes.subarray(start, start + pieceBytes))
  const [pool, faults] = [new TextPool(), new FaultList()]
  const table = await readTable({
    file: 'table.csv',
    chunks,
    columns: COLUMNS,
    optional: [],
    names: ['name'],
    pool,
    faults,
  })
  const rows = [...(table?.lines ?? [])].map((line, row) => {
    return [line, ...COLUMNS.map(column => pool.textOf(table?.columns[column][row] ?? 0))]
  })
  return { rows, faults: faults.first() }
}

const cell = fc.constantFrom('a', 'Ø AS', '', ' x', '\ufeff', '\u{1f41f}', 'y'.repeat(300))
// A row of one empty cell is an empty line, unless it is in quotes.
const row = fc.array(cell, { minLength: 1, maxLength: 3 }).filter(cells => cells.join() !== '')
const blank = fc.constantFrom('', '\n', '\n\n')

test('is the same, with the same mistakes, from whatever row on its cells are in quotes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(blank, row), { maxLength: 8 }),
      fc.nat(8),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.constantFrom('', '\ufeff'),
      async (rows, firstQuoted, pieceBytes, lineEnd, mark) => {
        const write = (quotedFrom: number) => {
          const lines = [['', COLUMNS] as const, ...rows].map(([before, cells], index) => {
            const quoted = index >= quotedFrom ? cells.map(each => `"${each}"`) : cells
            return `${before}${quoted.join(',')}`
          })
          return `${mark}${lines.join('\n').replaceAll('\n', lineEnd)}`
        }
        const plain = await read(write(Number.POSITIVE_INFINITY), pieceBytes)
        expect(plain.rows.length + plain.faults.length).toBe(rows.length)
        expect(await read(write(firstQuoted), pieceBytes)).toEqual(plain)
      },
    ),
    { numRuns: 500 },
  )
})

test('a row that is too long is told by its line, with quotes before it or not', async () => {
  const long = `b,${'x'.repeat(70_000)}\n`
  for (const before of ['a,b\n', '"a","b"\n']) {
    const { rows, faults } = await read(`id,name\n\n${before}${long}`, 200_000)
    expect(rows).toEqual([])
    expect(faults).toEqual([expect.objectContaining({ line: 4 })])
  }
})

test('mistakes of quoting have the line of the file, however many plain rows stand before them', async () => {
  const { faults } = await read(`id,name\n${'a,b\n'.repeat(100)}"a"b,c\n`, 64)
  expect(faults).toEqual([
    expect.objectContaining({ line: 102, detail: expect.stringContaining('line 102') }),
  ])
})
