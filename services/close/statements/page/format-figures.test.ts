import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatBytes, formatDecimal, formatMonth, formatSigned } from './format-figures.ts'

test.each([
  ['0', '0'],
  ['149.00', '149,00'],
  ['1234567.5', '1\u00a0234\u00a0567,5'],
  ['-1000.02', '\u22121\u00a0000,02'],
  ['0.017', '0,017'],
  ['1.000999', '1,000999'],
  ['0.01700000', '0,017'],
])('%s is written %s', (decimal, written) => {
  expect(formatDecimal(decimal)).toBe(written)
})

test('no digit is lost, whatever the length', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      fc.nat({ max: 999_999 }),
      (whole, part) => {
        const decimal = `${whole}.${String(part).padStart(6, '0')}`
        const read = formatDecimal(decimal).replaceAll('\u00a0', '').replace('\u2212', '-').replace(',', '.')
        expect(withoutZeros(read)).toBe(withoutZeros(decimal))
      },
    ),
  )
})

test.each([
  ['0.00', '0,00'],
  ['12.50', '+12,50'],
  ['-12.50', '\u221212,50'],
])('%s added is %s', (decimal, written) => {
  expect(formatSigned(decimal)).toBe(written)
})

test.each([
  ['0', '0\u00a0B'],
  ['999', '999\u00a0B'],
  ['1000', '1,00\u00a0kB'],
  ['30001000999', '30,00\u00a0GB'],
  ['18446744073709551615', '18\u00a0446\u00a0744,07\u00a0TB'],
])('%s bytes are %s', (bytes, written) => {
  expect(formatBytes(bytes)).toBe(written)
})

test('a month has its name', () => expect(formatMonth('2026-02')).toBe('February 2026'))

function withoutZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
}
