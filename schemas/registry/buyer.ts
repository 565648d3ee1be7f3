import { isPlainName, NAME_RULE } from '../text/plain-text.ts'
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
  let buyer: { [Field in BuyerField]?: string } | null = null
  for (const field of FIELDS) {
    const value = values[field]
    if (value === null) continue
    buyer ??= {}
    buyer[field] = value
  }
  return buyer === null ? {} : { buyer }
}

export function valuesOfBuyer(buyer: Buyer = {}): BuyerValues {
  const { organisationNumber = null, electronicAddress = null, buyerReference = null } = buyer
  const { street = null, postalCode = null, city = null, country = null } = buyer
  return { organisationNumber, electronicAddress, buyerReference, street, postalCode, city, country }
}

const orEmpty = (isRight: (text: string) => boolean, rule: string): CellRule => ({
  isRight: text => text === '' || isRight(text),
  rule: `nothing, or ${rule}`,
})
const text = orEmpty(isPlainName, NAME_RULE)

export const ADDRESS_RULE =
  'an electronic address as 0192:123456789: a four-digit scheme of the EAS list, a colon and the identifier'

/** Of the optional columns of clients.csv. */
export const BUYER_CELLS = {
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
} as const satisfies Record<string, CellRule>
export const BUYER_COLUMNS = [
  'organisation_number',
  'electronic_address',
  'buyer_reference',
  'street',
  'postal_code',
  'city',
  'country',
] as const satisfies readonly (keyof typeof BUYER_CELLS)[]

/** What a cell has to be. */
export type CellRule = { readonly isRight: (text: string) => boolean; readonly rule: string }

/** Norwegian ones are checked whole: an invoice to a wrong number would reach a stranger, or nobody. */
export function isElectronicAddress(address: string): boolean {
  const [, scheme = '', identifier = ''] = /^(\d{4}):([!-~]{1,50})$/.exec(address) ?? []
  return scheme === NORWEGIAN_SCHEME ? isOrganisationNumber(identifier) : scheme !== ''
}

/** Organisation numbers of Enhetsregisteret, in the lists of ISO 6523 and EAS alike. */
export const NORWEGIAN_SCHEME = '0192'
