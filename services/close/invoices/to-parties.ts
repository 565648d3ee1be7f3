import { NORWEGIAN_SCHEME } from '@forbruk/schemas/registry/buyer.ts'
import { addressOfNumber, type Seller } from '@forbruk/schemas/seller/read-seller.ts'
import type { InvoicedBuyer, PostalAddress } from './name-buyer.ts'
import type { UblElement } from './ubl-element.ts'

/** Pure. The VAT number only where the seller is registered; «Foretaksregisteret» as law and NO-R-002 ask for it. */
export function sellerParty(seller: Seller): UblElement {
  const { name, organisationNumber, vat, address, contact } = seller
  const schemes = [
    ...(vat.category === 'O' ? [] : [taxScheme(`NO${organisationNumber}MVA`, 'VAT')]),
    ...(seller.foretaksregisteret ? [taxScheme('Foretaksregisteret', 'TAX')] : []),
  ]
  return {
    'cac:Party': {
      'cbc:EndpointID': endpoint(seller.electronicAddress ?? addressOfNumber(organisationNumber)),
      'cac:PostalAddress': postalAddress(address),
      ...(schemes.length === 0 ? {} : { 'cac:PartyTaxScheme': schemes }),
      'cac:PartyLegalEntity': legalEntity(name, organisationNumber),
      ...(contact === undefined
        ? {}
        : {
            'cac:Contact': {
              ...element('cbc:Name', contact.name),
              ...element('cbc:Telephone', contact.phone),
              ...element('cbc:ElectronicMail', contact.email),
            },
          }),
    },
  }
}

/** Pure. */
export function buyerParty(name: string, buyer: InvoicedBuyer): UblElement {
  return {
    'cac:Party': {
      'cbc:EndpointID': endpoint(buyer.electronicAddress),
      'cac:PostalAddress': postalAddress(buyer.address),
      'cac:PartyLegalEntity': legalEntity(name, buyer.organisationNumber),
    },
  }
}

function endpoint(address: string): UblElement {
  const [scheme = '', identifier = ''] = address.split(/:(.*)/s)
  return { '@schemeID': scheme, '#': identifier }
}

function taxScheme(companyId: string, scheme: 'VAT' | 'TAX'): UblElement {
  return { 'cbc:CompanyID': companyId, 'cac:TaxScheme': { 'cbc:ID': scheme } }
}

function legalEntity(name: string, organisationNumber: string | null): UblElement {
  const number = { '@schemeID': NORWEGIAN_SCHEME, '#': organisationNumber ?? '' }
  return {
    'cbc:RegistrationName': name,
    ...(organisationNumber === null ? {} : { 'cbc:CompanyID': number }),
  }
}

function postalAddress({ street, postalCode, city, country }: PostalAddress): UblElement {
  return {
    ...element('cbc:StreetName', street),
    ...element('cbc:CityName', city),
    ...element('cbc:PostalZone', postalCode),
    'cac:Country': { 'cbc:IdentificationCode': country },
  }
}

/** An empty element is not allowed. */
function element(name: string, text: string | undefined): UblElement {
  return text === undefined ? {} : { [name]: text }
}
