import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isOrganisationNumber } from './organisation-number.ts'

// Equinor, Brønnøysundregistrene, Digitaliseringsdirektoratet, and one whose check digit is 0.
test.each(['923609016', '974760673', '991825827', '910000020'])('%s is one', text => {
  expect(isOrganisationNumber(text)).toBe(true)
})

test.each([
  '',
  '92360901',
  '9236090160',
  '923 609 016',
  '923609017',
  '92360901x',
  'NO923609016MVA',
  '٩٢٣٦٠٩٠١٦',
])('"%s" is none', text => {
  expect(isOrganisationNumber(text)).toBe(false)
})

test('where the check digit would be 10, none is', () => {
  const numbers = Array.from({ length: 10 }, (_, digit) => `91000008${digit}`)
  expect(numbers.filter(isOrganisationNumber)).toEqual([])
})

test('one wrong digit is always seen', () => {
  const numbers = fc.integer({ min: 100_000_000, max: 999_999_999 }).map(String).filter(isOrganisationNumber)
  fc.assert(
    fc.property(numbers, fc.nat({ max: 8 }), fc.integer({ min: 1, max: 9 }), (number, position, step) => {
      const digits = [...number]
      digits[position] = String((Number(digits[position]) + step) % 10)
      expect(isOrganisationNumber(digits.join(''))).toBe(false)
    }),
  )
})
