import type { StatedVat } from '@forbruk/schemas/statement/payer-statement.ts'
import { describeTariff } from '@forbruk/schemas/tariff/describe-tariff.ts'
import { COUNTED_IN_CLASS } from '../../usage/describe-counting.ts'
import {
  formatDate,
  formatDecimal,
  formatMonth,
  formatOrganisationNumber,
  formatPrice,
  formatSigned,
  formatSignedBytes,
  NO_BREAK_SPACE,
} from './format-figures.ts'
import type { Texts } from './texts.ts'

const decimal = (text: string) => formatDecimal(text, 'en')
const signed = (text: string) => formatSigned(text, 'en')
const signedBytes = (text: string) => formatSignedBytes(text, 'en')
const kroner = (amount: string, sign?: 'signed') =>
  `NOK${NO_BREAK_SPACE}${sign === undefined ? formatPrice(amount, 'en') : signed(amount)}`
const clientsOf = (count: number) => `${count} ${count === 1 ? 'client' : 'clients'}`
/** @param count as it is written, with its sign where it has one */
const countRequests = (count: string) => `${count} ${/^[+-]?1$/.test(count) ? 'request' : 'requests'}`

function vatOf({ category, percent, reason }: StatedVat): string {
  switch (category) {
    case 'S':
      return `VAT ${decimal(percent)}${NO_BREAK_SPACE}%`
    case 'Z':
      return 'VAT, zero rate'
    case 'E':
    case 'O':
      return `No VAT: ${reason}`
  }
}

export const ENGLISH: Texts = {
  language: 'en',
  amount: kroner,
  kind: 'API usage statement',
  titleOf: ({ number, payerName }) => `Statement ${number}, ${payerName}`,
  organisationNumber: number => `Org. no. ${formatOrganisationNumber(number)}`,
  facts: {
    number: 'Statement no.',
    period: 'Period',
    periodOf: (first, last) => `${formatDate(first, 'en')} – ${formatDate(last, 'en')}`,
    made: 'Date',
    customer: 'Customer',
    revision: 'Revision',
  },
  notices: {
    notInvoice: 'This is not an invoice',
    replaced: revision =>
      `A later revision has replaced this statement. Revision ${revision} stays as it was made.`,
    forced: 'Made although the month was incomplete.',
    forcedReason: 'Reason given:',
  },
  next: {
    nothing: 'There is nothing to pay for this month.',
    invoiced: 'Nothing is to be paid on this statement. What is payable is invoiced by itself.',
    sameNumber: 'The document that you receive has the same number as the statement.',
    differenceInvoiced: ({ number, payableNok }) => {
      if (!/[1-9]/.test(payableNok)) return `There is no more to pay than statement ${number} said.`
      const way = payableNok.startsWith('-') ? 'credited' : 'invoiced'
      return (
        `Nothing is to be paid on this statement. Only the difference to statement ${number}, ` +
        `${kroner(payableNok.replace('-', ''))} exclusive of VAT, is ${way}.`
      )
    },
    proposed:
      'What is proposed is not to be paid now. We will contact you about it. After that it is either payable or ' +
      'waived, and you receive a new revision of the statement.',
    questions: (contact, number) =>
      `Is there anything you wonder about, or don't agree with? Contact ${contact ?? 'us'} and mention ${number}.`,
    later: 'If more use of the month is counted later, you receive a new revision that shows the difference.',
  },
  figures: {
    payableNet: 'Payable, exclusive of VAT',
    payableGross: 'Payable, inclusive of VAT',
    proposed: 'Proposed, not to be paid now',
    difference: 'Change of what is payable',
    explain: vat =>
      vat === null
        ? 'All amounts are in Norwegian kroner (NOK) and exclusive of VAT.'
        : 'All amounts are in Norwegian kroner (NOK). Prices and lines are exclusive of VAT.',
  },
  vat: vatOf,
  lines: {
    heading: clients => (clients === null ? 'Lines' : `Lines of ${clientsOf(clients)}`),
    none: 'None: every client of the statement before has another payer now, or is no customer any more.',
    nothingToCharge: 'Nothing to pay',
    item: 'Item',
    quantity: 'Quantity',
    unitPrice: 'Price, NOK',
    amount: 'Amount, NOK',
    sum: 'Sum',
    total: 'Payable and proposed',
    ofWhichProposed: 'of which proposed, not to be paid now',
    agreed: regularNok => `Amount agreed on; by the price list ${kroner(regularNok)}`,
    proposedCase: (caseId, contact) => `Case ${caseId}${contact === null ? '' : `. Contact: ${contact}`}`,
  },
  item: terms => {
    switch (terms.kind) {
      case 'included':
        return `Included: ${terms.integrationName}`
      case 'partner_tier':
        return `Partner tier ${terms.tier}: ${clientsOf(terms.clients.length)} on partner integrations`
      case 'access_external':
        return 'Access to external integrations'
      case 'overage_requests':
        return `Requests above the included ${decimal(terms.included)}`
      case 'overage_transfer':
        return `Transfer above the included ${decimal(terms.includedGigabytes)}${NO_BREAK_SPACE}GB`
    }
  },
  itemNames: {
    included: 'Included',
    partner_tier: 'Partner tier',
    access_external: 'Access to external integrations',
    overage_requests: 'Requests above what is included',
    overage_transfer: 'Transfer above what is included',
  },
  units: { request: ['request', 'requests'], MB: ['MB', 'MB'], month: ['month', 'months'] },
  status: { payable: 'payable', proposed: 'proposed', waived: 'waived' },
  tier: {
    heading: (tier, clients) => `Partner tier ${tier} counts ${clientsOf(clients)}`,
    none: 'No client has a partner integration; the partner has one itself.',
  },
  difference: {
    heading: number => `Changed since statement ${number}`,
    none: 'Nothing for you: the month was closed again because of others.',
    line: 'Line',
    because: 'Why',
    before: 'Before, NOK',
    now: 'Now, NOK',
    payable: 'Payable change, NOK',
    total: 'Change of what is payable, exclusive of VAT',
    noLine: 'no line',
    cause: (cause, { requestsMore, bytesMore }) => {
      switch (cause) {
        case 'usage':
          return `Use counted since: ${countRequests(signed(requestsMore))}, ${signedBytes(bytesMore)}`
        case 'registry':
          return 'The customer registry was corrected'
        case 'tariff':
          return 'The price list has changed'
        case 'decision':
          return 'Decided in the dialogue'
        case 'rules':
          return 'Worked out again by a new version of the program'
      }
    },
    price: ({ term, before, after }) => {
      switch (term) {
        case 'access_price':
        case 'tier_price':
          return `price a month from ${kroner(before)} to ${kroner(after)}`
        case 'request_price':
          return `price of a request from ${kroner(before)} to ${kroner(after)}`
        case 'megabyte_price':
          return `price of a MB from ${kroner(before)} to ${kroner(after)}`
        case 'included_requests':
          return `included requests from ${decimal(before)} to ${decimal(after)}`
        case 'included_gigabytes':
          return `included transfer from ${decimal(before)} to ${decimal(after)}${NO_BREAK_SPACE}GB`
      }
    },
  },
  use: {
    heading: 'Use per integration',
    integration: 'Integration',
    kind: {
      internal: 'internal',
      year_end: 'year-end',
      partner: 'partner',
      external: 'external',
      unnamed: 'not named',
      unknown: 'not in the registry',
    },
    unnamed: 'Without an integration',
    notCounted: statusClass => `of which answered with ${statusClass}, not counted`,
    requests: 'Requests',
    transfer: 'Transfer, MB',
    countedRequests: 'Counted, requests',
    countedTransfer: 'Counted, MB',
    counted: 'Counts against what is included',
    included: 'Included in the month',
    above: 'Above what is included',
    explain: '“Counted” is what counts against what is included. What is above it stands in the lines above.',
  },
  days: {
    heading: 'Use per day',
    requests: count => `Requests, ${count} in the month`,
    transfer: bytes => `Transfer, ${bytes} in the month`,
    requestsOf: (day, count) => `${formatDate(day, 'en')}: ${countRequests(count)}`,
    transferOf: (day, bytes) => `${formatDate(day, 'en')}: ${bytes}`,
    explain: timeZone =>
      `Days of ${timeZone}. All use, also what is included or does not count against what is included.`,
    since: (requests, bytes) =>
      `Days are shown as they are counted now: ${countRequests(requests)} and ${bytes} more than in this revision. ` +
      'A later one can take them in.',
  },
  basis: {
    heading: 'How the figures come about',
    definitions: ({ note: _, ...version }, timeZone) =>
      describeTariff({ currency: 'NOK', timeZone }, version).map(sentence =>
        sentence.replaceAll(/\d+\.\d+|\d{5,}/g, decimal),
      ),
    bytes: {
      body: 'the body alone',
      headers_and_body: 'headers and body',
      as_sent: 'what the gateway sends by itself',
    },
    countedInClass: COUNTED_IN_CLASS,
    bytesOf: bases => `Bytes are those of ${bases.join(', in some places ')}.`,
    reconciled: ({ isWhole, agrees, requestsTolerated }) => {
      const what = isWhole
        ? 'What the gateways themselves have counted in the month was compared with what arrived'
        : 'For part of the month, or for some of the gateways, what they themselves have counted was compared ' +
          'with what arrived'
      if (!agrees)
        return `${what}, and does not agree. Why the statement was made all the same stands at its top.`
      return requestsTolerated === 0
        ? `${what}, and agrees.`
        : `${what}, and agrees within ${countRequests(decimal(`${requestsTolerated}`))}.`
    },
    reference: 'Reference',
    contentHash: 'Content hash of the month',
    made: 'Made',
    madeAt: (date, time, timeZone) => `${date}, ${time} (${timeZone})`,
    prices: 'Prices',
    pricesFrom: month => `as they hold from ${formatMonth(month, 'en')}`,
    explain:
      'By the hash the provider can show what of the log the figures rest on, and work them out again.',
  },
}
