import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { EXAMPLE_SELLER_URL, readSeller, SellerError } from './read-seller.ts'

const exampleText = readFileSync(EXAMPLE_SELLER_URL, 'utf8')

function faultsWith(changes: Record<string, unknown>): readonly string[] {
  try {
    readSeller(JSON.stringify({ ...JSON.parse(exampleText), ...changes }), 's.json')
  } catch (error) {
    if (error instanceof SellerError) return error.faults
    throw error
  }
  return []
}

test('the example is a seller', () => {
  expect(readSeller(exampleText, 'example')).toEqual(JSON.parse(exampleText))
})

test.each([
  { vat: { category: 'Z' } },
  { vat: { category: 'E', reason: 'Unntatt etter mval. § 3-6' } },
  { vat: { category: 'O', reason: 'Selger er ikke registrert i Merverdiavgiftsregisteret' } },
  { account: '86011117947' },
  { electronicAddress: '0088:7300010000001' },
])('so is one with %j', changes => {
  expect(faultsWith(changes)).toEqual([])
})

describe('a mistake is named with its value and what was expected', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ name: ' ' }, '$.name is " "; expected text of 1 to 200 characters'],
    [{ name: 'A\u0000B' }, '$.name is "A\\u0000B"; expected text of 1 to 200 characters without control'],
    [
      { organisationNumber: 310000019 },
      '$.organisationNumber is 310000019; expected an organisation number as text',
    ],
    [
      { organisationNumber: '310000018' },
      '$.organisationNumber is "310000018"; expected nine digits, the last',
    ],
    [{ vat: undefined }, '$.vat is missing; expected a category'],
    [{ vat: { category: 'X' } }, '$.vat.category is "X"; expected a category: "S" with a percent'],
    [{ vat: { category: 'S', percent: 25 } }, '$.vat.percent is 25; expected per cent as text'],
    [{ vat: { category: 'S', percent: '0' } }, '$.vat.percent is "0"; expected per cent as text, above 0'],
    [{ vat: { category: 'E' } }, '$.vat.reason is missing; expected text of 1 to 200'],
    [{ vat: { category: 'Z', reason: 'x' } }, '$.vat.reason is unknown; expected no such field'],
    [
      { account: '86011117948' },
      '$.account is "86011117948"; expected a Norwegian account of eleven digits or an IBAN',
    ],
    [{ account: 'NO9386011117948' }, '$.account is "NO9386011117948"; expected a Norwegian account'],
    [{ paymentDays: -1 }, '$.paymentDays is -1; expected a whole number of days, from 0 to 365'],
    [{ address: { city: 'Oslo' } }, '$.address.postalCode is missing; expected text'],
    [{ contact: {} }, '$.contact is {}; expected a name, phone or email'],
    [{ orgnr: '310000019' }, '$.orgnr is unknown; expected no such field'],
  ])('%j', (changes, expected) => {
    expect(faultsWith(changes)[0]?.slice(0, expected.length)).toBe(expected)
  })

  test('all at once', () => {
    expect(faultsWith({ name: '', account: '', paymentDays: 1.5 })).toHaveLength(3)
  })

  test('no JSON', () => {
    expect(() => readSeller('{', 's.json')).toThrow(/^the seller s\.json can't be used:\n {2}\$ is no JSON/)
  })
})
