import { expect, test } from 'vitest'
import { nameBuyer } from './name-buyer.ts'

const ORGANISATION = { organisationNumber: '310000027', country: 'NO' }

test('a Norwegian company is reached at its organisation number, unless it says otherwise', () => {
  const seller = { buyerReference: 'API' }
  expect(nameBuyer(ORGANISATION, seller)).toEqual({
    ok: true,
    buyer: {
      electronicAddress: '0192:310000027',
      reference: 'API',
      organisationNumber: '310000027',
      address: { country: 'NO' },
    },
  })
  const own = { ...ORGANISATION, electronicAddress: '0192:310000035', buyerReference: 'Kari' }
  expect(nameBuyer(own, seller)).toMatchObject({
    buyer: { electronicAddress: '0192:310000035', reference: 'Kari', organisationNumber: '310000027' },
  })
})

test('a company abroad has an electronic address and a place', () => {
  const abroad = {
    electronicAddress: '0007:5560000000',
    postalCode: '111 22',
    city: 'Stockholm',
    country: 'SE',
  }
  expect(nameBuyer({ ...abroad, buyerReference: 'x' }, {})).toMatchObject({
    ok: true,
    buyer: { organisationNumber: null, address: { city: 'Stockholm', country: 'SE' } },
  })
})

test.each([
  [
    {},
    [
      'organisation_number or electronic_address',
      'organisation_number, or postal_code and city',
      'country',
      'buyer_reference (or buyerReference of the seller, for all)',
    ],
  ],
  [ORGANISATION, ['buyer_reference (or buyerReference of the seller, for all)']],
  [{ organisationNumber: '310000027', buyerReference: 'x' }, ['country']],
  [
    { electronicAddress: '0007:5560000000', city: 'Stockholm', country: 'SE', buyerReference: 'x' },
    ['organisation_number, or postal_code and city'],
  ],
])('%j lacks %j', (known, lacks) => {
  expect(nameBuyer(known, {})).toEqual({ ok: false, lacks })
})
