import { lastDate, parseBillingPeriod, periodDates } from '@forbruk/schemas/period/billing-period.ts'
import type { Seller } from '@forbruk/schemas/seller/read-seller.ts'
import { Temporal } from 'temporal-polyfill'
import { Exact, sumAmounts } from '../rating/price-lines.ts'
import { addVat, percentOf } from '../statements/add-vat.ts'
import { formatMonth } from '../statements/page/format-figures.ts'
import { NORWEGIAN } from '../statements/page/norwegian.ts'
import type { Invoice, InvoiceLine } from './invoice.ts'
import type { InvoicedBuyer } from './name-buyer.ts'
import { buyerParty, sellerParty } from './to-parties.ts'
import { nok, type UblElement } from './ubl-element.ts'

/** An invoice in UBL 2.1: the element's name and what is in it, in the order that its schema asks for. */
export type UblDocument = { readonly name: 'Invoice' | 'CreditNote'; readonly content: UblElement }

/** Codes of UNTDID 1001: commercial invoice, credit note; of 4461: credit transfer. */
const INVOICE_TYPE = '380'
const CREDIT_NOTE_TYPE = '381'
const CREDIT_TRANSFER = '30'

/** Pure: a Peppol BIS Billing 3.0 document, which is what EHF is. */
export function toUbl(
  invoice: Invoice,
  seller: Seller,
  buyer: InvoicedBuyer,
  megabyteBytes: number,
): UblDocument {
  const isInvoice = invoice.kind === 'invoice'
  const dueDate = Temporal.PlainDate.from(invoice.issueDate).add({ days: seller.paymentDays }).toString()
  const content = {
    'cbc:CustomizationID': 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0',
    'cbc:ProfileID': 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0',
    'cbc:ID': invoice.number,
    'cbc:IssueDate': invoice.issueDate,
    ...(isInvoice
      ? { 'cbc:DueDate': dueDate, 'cbc:InvoiceTypeCode': INVOICE_TYPE }
      : { 'cbc:CreditNoteTypeCode': CREDIT_NOTE_TYPE }),
    'cbc:Note': describeInvoice(invoice),
    'cbc:DocumentCurrencyCode': 'NOK',
    'cbc:BuyerReference': buyer.reference,
    'cac:InvoicePeriod': toPeriod(invoice.month),
    ...toPreceding(invoice.preceding),
    'cac:AccountingSupplierParty': sellerParty(seller),
    'cac:AccountingCustomerParty': buyerParty(invoice.payerName, buyer),
    ...(isInvoice ? toPayment(seller) : {}),
    'cac:PaymentTerms': { 'cbc:Note': isInvoice ? `Forfall ${dueDate}` : 'Godskrives' },
    ...toTotals(invoice, seller),
    [isInvoice ? 'cac:InvoiceLine' : 'cac:CreditNoteLine']: invoice.lines.map((line, index) =>
      toLine(line, index + 1, invoice, seller, megabyteBytes),
    ),
  }
  return { name: isInvoice ? 'Invoice' : 'CreditNote', content }
}

function describeInvoice({ kind, month, revision }: Invoice): string {
  const of = `API-bruk ${formatMonth(month, 'nb')}`
  if (revision === 1) return of
  return `${of}, revisjon ${revision}: ${kind === 'invoice' ? 'endring' : 'tilbake'} mot det som er fakturert før`
}

function toPeriod(month: string): UblElement {
  const period = parseBillingPeriod(month)
  return { 'cbc:StartDate': periodDates(period).first, 'cbc:EndDate': lastDate(period) }
}

function toPreceding(preceding: Invoice['preceding']): UblElement {
  if (preceding === null) return {}
  const { number, issueDate } = preceding
  return {
    'cac:BillingReference': {
      'cac:InvoiceDocumentReference': { 'cbc:ID': number, 'cbc:IssueDate': issueDate },
    },
  }
}

function toPayment({ account, name }: Seller): UblElement {
  return {
    'cac:PaymentMeans': {
      'cbc:PaymentMeansCode': CREDIT_TRANSFER,
      'cac:PayeeFinancialAccount': { 'cbc:ID': account, 'cbc:Name': name },
    },
  }
}

function toTotals({ lines }: Invoice, { vat }: Seller): UblElement {
  const { netNok, vatNok, grossNok } = addVat(sumAmounts(lines.map(line => line.amountNok)), vat)
  const subtotal = {
    'cbc:TaxableAmount': nok(netNok),
    'cbc:TaxAmount': nok(vatNok),
    'cac:TaxCategory': {
      'cbc:ID': vat.category,
      ...(vat.category === 'O' ? {} : { 'cbc:Percent': percentOf(vat) }),
      ...('reason' in vat ? { 'cbc:TaxExemptionReason': vat.reason } : {}),
      'cac:TaxScheme': { 'cbc:ID': 'VAT' },
    },
  }
  return {
    'cac:TaxTotal': { 'cbc:TaxAmount': nok(vatNok), 'cac:TaxSubtotal': subtotal },
    'cac:LegalMonetaryTotal': {
      'cbc:LineExtensionAmount': nok(netNok),
      'cbc:TaxExclusiveAmount': nok(netNok),
      'cbc:TaxInclusiveAmount': nok(grossNok),
      'cbc:PayableAmount': nok(grossNok),
    },
  }
}

function toLine(
  line: InvoiceLine,
  id: number,
  { kind, month }: Invoice,
  { vat }: Seller,
  megabyteBytes: number,
): UblElement {
  const quantity = {
    '@unitCode': unitCode(line.unit, megabyteBytes),
    '#': new Exact(line.quantity).toFixed(),
  }
  return {
    'cbc:ID': String(id),
    'cbc:Note': describeLine(line),
    [kind === 'invoice' ? 'cbc:InvoicedQuantity' : 'cbc:CreditedQuantity']: quantity,
    'cbc:LineExtensionAmount': nok(line.amountNok),
    'cac:InvoicePeriod': toPeriod(month),
    'cac:Item': {
      'cbc:Description': `${line.clientName} (${line.clientId})`,
      'cbc:Name': NORWEGIAN.itemNames[line.item],
      'cac:SellersItemIdentification': { 'cbc:ID': line.item },
      'cac:ClassifiedTaxCategory': {
        'cbc:ID': vat.category,
        ...(vat.category === 'O' ? {} : { 'cbc:Percent': percentOf(vat) }),
        'cac:TaxScheme': { 'cbc:ID': 'VAT' },
      },
      'cac:AdditionalItemProperty': { 'cbc:Name': 'Klient', 'cbc:Value': line.clientId },
    },
    'cac:Price': { 'cbc:PriceAmount': nok(new Exact(line.unitPriceNok).toFixed()) },
  }
}

/** What it is, with the terms; and that another amount was agreed on. */
function describeLine({ terms }: InvoiceLine): string {
  const regularNok = 'regularNok' in terms ? terms.regularNok : null
  const what = NORWEGIAN.item(terms)
  return regularNok === null ? what : `${what}. ${NORWEGIAN.lines.agreed(regularNok)}`
}

/** UN/ECE recommendation 20: one, megabyte or mebibyte, month, lump sum. */
function unitCode(unit: InvoiceLine['unit'], megabyteBytes: number): string {
  switch (unit) {
    case 'request':
      return 'C62'
    case 'MB':
      return megabyteBytes === 1_000_000 ? '4L' : 'E63'
    case 'month':
      return 'MON'
    case 'sum':
      return 'LS'
  }
}
