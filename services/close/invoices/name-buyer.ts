import type { Buyer } from '@forbruk/schemas/registry/buyer.ts'
import { addressOfNumber, type Seller } from '@forbruk/schemas/seller/read-seller.ts'

export type PostalAddress = {
  readonly street?: string | undefined
  readonly postalCode?: string | undefined
  readonly city?: string | undefined
  readonly country: string
}

/** A payer with all that an invoice must say of it. */
export type InvoicedBuyer = {
  /** `scheme:identifier`, where the document is sent to. */
  readonly electronicAddress: string
  readonly reference: string
  readonly organisationNumber: string | null
  readonly address: PostalAddress
}

type NamedBuyer =
  | { readonly ok: true; readonly buyer: InvoicedBuyer }
  /** Columns of clients.csv, each a thing to fill in. */
  | { readonly ok: false; readonly lacks: readonly string[] }

/** Pure: what the registry says of a payer, checked for what Peppol and bokføringsforskriften § 5-1-2 ask for. */
export function nameBuyer(known: Buyer, { buyerReference }: Pick<Seller, 'buyerReference'>): NamedBuyer {
  const { organisationNumber, country, ...others } = known
  const electronicAddress =
    others.electronicAddress ??
    (organisationNumber === undefined ? undefined : addressOfNumber(organisationNumber))
  const reference = others.buyerReference ?? buyerReference
  const hasPlace = others.postalCode !== undefined && others.city !== undefined
  const lacks = [
    ...(electronicAddress === undefined ? ['organisation_number or electronic_address'] : []),
    ...(organisationNumber === undefined && !hasPlace
      ? ['organisation_number, or postal_code and city']
      : []),
    ...(country === undefined ? ['country'] : []),
    ...(reference === undefined ? ['buyer_reference (or buyerReference of the seller, for all)'] : []),
  ]
  if (electronicAddress === undefined || country === undefined || reference === undefined || lacks.length > 0)
    return { ok: false, lacks }
  return {
    ok: true,
    buyer: {
      electronicAddress,
      reference,
      organisationNumber: organisationNumber ?? null,
      address: { street: others.street, postalCode: others.postalCode, city: others.city, country },
    },
  }
}
