import { Decimal } from 'decimal.js'
import { z } from 'zod'
import { readJson } from '../json/read-json.ts'
import { ADDRESS_RULE, isElectronicAddress, NORWEGIAN_SCHEME } from '../registry/buyer.ts'
import { isOrganisationNumber } from '../registry/organisation-number.ts'
import { isPlainName, NAME_RULE } from '../text/plain-text.ts'
import { isBankAccount } from './bank-account.ts'

const text = z.string({ error: NAME_RULE }).refine(isPlainName, NAME_RULE)

/** Norwegian VAT (merverdiavgift) of what is invoiced, as the categories of EN 16931 have it. */
const vatShape = z.discriminatedUnion(
  'category',
  [
    z.strictObject({
      category: z.literal('S'),
      percent: z
        .string({ error: 'per cent as text, such as "25"' })
        .refine(isPercent, 'per cent as text, above 0 and at most 100, such as "25"'),
    }),
    z.strictObject({ category: z.literal('Z') }),
    /** The seller is registered for VAT; this sale is exempt, for the stated reason. */
    z.strictObject({ category: z.literal('E'), reason: text }),
    /** Not subject to VAT, as where the seller is not registered for it. */
    z.strictObject({ category: z.literal('O'), reason: text }),
  ],
  {
    error:
      'a category: "S" with a percent, "Z", "E" with a reason, ' +
      'or "O" with a reason, for a seller that is not registered for VAT',
  },
)

const sellerShape = z.strictObject(
  {
    name: text,
    organisationNumber: z
      .string({ error: 'an organisation number as text' })
      .refine(isOrganisationNumber, 'nine digits, the last of which checks the others'),
    /** Limited companies must say so: foretaksregisterloven § 10-2. */
    foretaksregisteret: z.boolean({ error: 'true or false: is the seller in Foretaksregisteret?' }),
    vat: vatShape,
    address: z.strictObject(
      {
        street: text.optional(),
        postalCode: text,
        city: text,
        country: z
          .string({ error: 'two capital letters, such as "NO"' })
          .regex(/^[A-Z]{2}$/, 'two capital letters, such as "NO"'),
      },
      { error: 'an address with postalCode, city and country' },
    ),
    electronicAddress: z
      .string({ error: ADDRESS_RULE })
      .refine(isElectronicAddress, ADDRESS_RULE)
      .optional()
      .describe('where answers are sent to; by default the organisation number'),
    contact: z
      .strictObject({ name: text.optional(), phone: text.optional(), email: text.optional() })
      .refine(contact => Object.keys(contact).length > 0, 'a name, phone or email')
      .optional(),
    account: z
      .string({ error: 'a bank account as text' })
      .refine(
        isBankAccount,
        'a Norwegian account of eleven digits or an IBAN, without spaces, its check digits right',
      ),
    paymentDays: z
      .int({ error: 'a whole number of days' })
      .min(0, 'a whole number of days, from 0 to 365')
      .max(365, 'a whole number of days, from 0 to 365'),
    buyerReference: text.optional().describe('for buyers whose registry row has none'),
  },
  { error: 'an object' },
)

/** Who invoices, and how it is to be paid. */
export type Seller = Readonly<z.output<typeof sellerShape>>
export type SellerVat = Seller['vat']

export const EXAMPLE_SELLER_URL = new URL('./example-seller.json', import.meta.url)

/** The seller's file is wrong; `faults` names every mistake by JSON path, value and what was expected. */
export class SellerError extends Error {
  override name = 'SellerError'
  readonly faults: readonly string[]
  constructor(name: string, faults: readonly string[]) {
    super(`the seller ${name} can't be used:\n${faults.map(fault => `  ${fault}`).join('\n')}`)
    this.faults = faults
  }
}

/** Reads a seller's file's text. `name` is what errors call it. Throws SellerError with every mistake. */
export function readSeller(text: string, name: string): Seller {
  const reading = readJson(text, sellerShape, `a seller as in ${EXAMPLE_SELLER_URL.pathname}`)
  if (reading.ok) return reading.value
  throw new SellerError(name, reading.faults)
}

/** Where a Norwegian party is reached unless it says otherwise. */
export function addressOfNumber(organisationNumber: string): string {
  return `${NORWEGIAN_SCHEME}:${organisationNumber}`
}

function isPercent(value: string): boolean {
  return /^\d{1,3}(\.\d{1,2})?$/.test(value) && new Decimal(value).gt(0) && new Decimal(value).lte(100)
}
