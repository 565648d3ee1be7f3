import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  formatBytes,
  formatDate,
  formatDecimal,
  formatMoment,
  formatMonth,
  formatPrice,
  formatSigned,
} from './format-figures.ts'

test.each([
  ['0', '0'],
  ['149.00', '149,00'],
  ['1234567.5', '1\u00a0234\u00a0567,5'],
  ['-1000.02', '\u22121\u00a0000,02'],
  ['0.017', '0,017'],
  ['1.000999', '1,000999'],
  ['0.01700000', '0,017'],
])('%s is written %s', (decimal, written) => {
  expect(formatDecimal(decimal, 'nb')).toBe(written)
})

test('readers of English have a point before the fraction, and commas between thousands', () => {
  expect(formatDecimal('-1234567.5', 'en')).toBe('\u22121,234,567.5')
  expect(formatPrice('149', 'en')).toBe('149.00')
  expect(formatSigned('17850.00', 'en')).toBe('+17,850.00')
  expect(formatBytes('140601986', 'en')).toBe('140.60\u00a0MB')
})

test('no digit is lost, whatever the length', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      fc.nat({ max: 999_999 }),
      (whole, part) => {
        const decimal = `${whole}.${String(part).padStart(6, '0')}`
        const read = formatDecimal(decimal, 'nb')
          .replaceAll('\u00a0', '')
          .replace('\u2212', '-')
          .replace(',', '.')
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
  expect(formatSigned(decimal, 'nb')).toBe(written)
})

test.each([
  ['0', '0\u00a0B'],
  ['999', '999\u00a0B'],
  ['1000', '1,00\u00a0kB'],
  ['-1500', '\u22121,50\u00a0kB'],
  ['30001000999', '30,00\u00a0GB'],
  ['18446744073709551615', '18\u00a0446\u00a0744,07\u00a0TB'],
])('%s bytes are %s', (bytes, written) => {
  expect(formatBytes(bytes, 'nb')).toBe(written)
})

test.each([
  ['nb', 'februar\u00a02026', '1.\u00a0februar\u00a02026', '2.\u00a0mars\u00a02026', '00:30'],
  ['en', 'February\u00a02026', '1\u00a0February\u00a02026', '2\u00a0March\u00a02026', '00:30'],
] as const)('in %s a month is %s, a day %s and an instant %s %s', (language, month, day, date, time) => {
  expect(formatMonth('2026-02', language)).toBe(month)
  expect(formatDate('2026-02-01', language)).toBe(day)
  expect(formatMoment('2026-03-01T23:30:00.000Z', 'Europe/Oslo', language)).toEqual({ date, time })
})

test.each([
  ['149', '149,00'],
  ['149.000000', '149,00'],
  ['0.017000', '0,017'],
  ['0.5', '0,50'],
  ['1234567.891', '1\u00a0234\u00a0567,891'],
])('the price %s is written %s', (decimal, written) => {
  expect(formatPrice(decimal, 'nb')).toBe(written)
})

function withoutZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
}
