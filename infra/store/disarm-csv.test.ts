import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { disarmCsv, disarmExcelCsv } from './disarm-csv.ts'

const disarmed = (csv: string) => disarmCsv(Buffer.from(csv)).toString()

test.each([
  ['"=cmd|\'/C calc\'!A0",1\n', "\"'=cmd|'/C calc'!A0\",1\n"],
  ['"+1","-1","@x","\tx","\rx","\n=x"\n', '"\'+1","\'-1","\'@x","\'\tx","\'\rx","\'\n=x"\n'],
  ['-1.50,"-",-2\n', '-1.50,"\'-",-2\n'],
  ['"a=b","","""=1"""\n', '"a=b","","""=1"""\n'],
  ['"a""=b","=""=1"\n', '"a""=b","\'=""=1"\n'],
  ['"a";"=1";-3,5\r\n', '"a";"\'=1";-3,5\r\n'],
  ['', ''],
])('%j becomes %j', (csv, expected) => {
  expect(disarmed(csv)).toBe(expected)
})

test('for Excel numbers have a decimal comma, text keeps its points, and a mark says UTF-8', () => {
  const csv = '"navn";"beløp"\r\n"Ås 1.5 ""A.S""";-1234.50\r\n"=1.5";0.017\r\n'
  expect(disarmExcelCsv(Buffer.from(csv)).toString()).toBe(
    '\ufeff"navn";"beløp"\r\n"Ås 1.5 ""A.S""";-1234,50\r\n"\'=1.5";0,017\r\n',
  )
})

test('whatever text stands in cells, none begins a formula, and nothing else changes', () => {
  const text = fc.string({ unit: fc.constantFrom(...'=+-@\t\r\n",;a.å'), maxLength: 8 })
  const cell = fc.oneof(text, fc.float({ noNaN: true, noDefaultInfinity: true }))
  const quoted = (value: string | number) =>
    typeof value === 'number' ? `${value}` : `"${value.replaceAll('"', '""')}"`
  const width = 3
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }), rows => {
      const csv = rows.map(row => `${row.map(quoted).join(',')}\n`).join('')
      const expected = rows.map(row =>
        row.map(value =>
          typeof value === 'string' && /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : `${value}`,
        ),
      )
      expect(parse(disarmed(csv), { record_delimiter: '\n' })).toEqual(expected)
    }),
  )
})
