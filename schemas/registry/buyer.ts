import { z } from 'zod'
import { isOrganisationNumber } from './organisation-number.ts'

const FIELDS = [
  'organisationNumber',
  'electronicAddress',
  'buyerReference',
  'street',
  'postalCode',
  'city',
  'country',
] as const
type BuyerField = (typeof FIELDS)[number]

/** What an invoice to a client says of it beside its name; what the registry leaves open is not there. */
export type Buyer = { readonly [Field in BuyerField]?: string }

/** The same as a row of the store has it: null where nothing is known. */
type BuyerValues = { readonly [Field in BuyerField]: string | null }

/** To be spread into a client: nothing where nothing is known, so that a registry without is the same value as ever. */
export function buyerOf(values: BuyerValues): { readonly buyer?: Buyer } {
  const known = FIELDS.flatMap(field => {
    const value = values[field]
    return value === null ? [] : [[field, value] as const]
  })
  return known.length === 0 ? {} : { buyer: Object.fromEntries(known) }
}

export function valuesOfBuyer(buyer: Buyer = {}): BuyerValues {
  const { organisationNumber = null, electronicAddress = null, buyerReference = null } = buyer
  const { street = null, postalCode = null, city = null, country = null } = buyer
  return { organisationNumber, electronicAddress, buyerReference, street, postalCode, city, country }
}

const TEXT_RULE = 'at most 200 characters without control characters or spaces around them'
const orEmpty = (isRight: (text: string) => boolean, rule: string) =>
  z
    .string()
    .refine(text => text === '' || isRight(text), { error: `nothing, or ${rule}` })
    .transform(text => (text === '' ? null : text))
const text = orEmpty(isPlainText, TEXT_RULE)

export const ADDRESS_RULE =
  'an electronic address as 0192:123456789: a four-digit scheme of the EAS list, a colon and the identifier'

/** The optional columns of clients.csv. */
export const buyerCellShapes = {
  organisation_number: orEmpty(
    isOrganisationNumber,
    'a Norwegian organisation number: nine digits, the last of which checks the others',
  ),
  electronic_address: orEmpty(isElectronicAddress, ADDRESS_RULE),
  buyer_reference: text,
  street: text,
  postal_code: text,
  city: text,
  country: orEmpty(code => /^[A-Z]{2}$/.test(code), 'a country of two capital letters, such as NO'),
}
export const BUYER_COLUMNS: readonly string[] = Object.keys(buyerCellShapes)

/** Norwegian ones are checked whole: an invoice to a wrong number would reach a stranger, or nobody. */
export function isElectronicAddress(address: string): boolean {
  const [, scheme = '', identifier = ''] = /^(\d{4}):([!-~]{1,50})$/.exec(address) ?? []
  return scheme === NORWEGIAN_SCHEME ? isOrganisationNumber(identifier) : scheme !== ''
}

/** Organisation numbers of Enhetsregisteret, in the lists of ISO 6523 and EAS alike. */
export const NORWEGIAN_SCHEME = '0192'

export function isPlainText(value: string): boolean {
  return value.length <= 200 && value.trim() === value && !/\p{Cc}|\p{Cs}/u.test(value)
}
