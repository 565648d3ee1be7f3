import type { StatedVat } from '@forbruk/schemas/statement/payer-statement.ts'
import { describeTariffInNorwegian } from './describe-tariff-in-norwegian.ts'
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

const decimal = (text: string) => formatDecimal(text, 'nb')
const signed = (text: string) => formatSigned(text, 'nb')
const signedBytes = (text: string) => formatSignedBytes(text, 'nb')
const kroner = (amount: string, sign?: 'signed') =>
  `${sign === undefined ? formatPrice(amount, 'nb') : signed(amount)}${NO_BREAK_SPACE}kr`
const clientsOf = (count: number) => `${count} ${count === 1 ? 'klient' : 'klienter'}`
/** @param count as it is written, with its sign where it has one */
const countRequests = (count: string) => `${count} ${/^[+-]?1$/.test(count) ? 'forespørsel' : 'forespørsler'}`

function vatOf({ category, percent, reason }: StatedVat): string {
  switch (category) {
    case 'S':
      return `Merverdiavgift ${decimal(percent)}${NO_BREAK_SPACE}%`
    case 'Z':
      return 'Merverdiavgift, nullsats'
    case 'E':
    case 'O':
      return `Ingen merverdiavgift: ${reason}`
  }
}

/** Bokmål. */
export const NORWEGIAN: Texts = {
  language: 'nb',
  amount: kroner,
  kind: 'Avregning av API-bruk',
  titleOf: ({ number, payerName }) => `Avregning ${number}, ${payerName}`,
  organisationNumber: number => `Org.nr. ${formatOrganisationNumber(number)}`,
  facts: {
    number: 'Avregning nr.',
    period: 'Periode',
    periodOf: (first, last) => `${formatDate(first, 'nb')} – ${formatDate(last, 'nb')}`,
    made: 'Dato',
    customer: 'Kunde',
    revision: 'Revisjon',
  },
  notices: {
    notInvoice: 'Dette er ikke en faktura',
    replaced: revision =>
      `En senere revisjon har erstattet denne avregningen. Revisjon ${revision} står som den ble laget.`,
    forced: 'Laget selv om måneden ikke var komplett.',
    forcedReason: 'Begrunnelse:',
  },
  next: {
    nothing: 'Det er ingenting å betale for denne måneden.',
    invoiced: 'Du skal ikke betale noe ut fra denne avregningen. Det som er å betale, faktureres for seg.',
    sameNumber: 'Dokumentet du får, har samme nummer som avregningen.',
    differenceInvoiced: ({ number, payableNok }) => {
      if (!/[1-9]/.test(payableNok))
        return `Det er ingenting mer å betale enn det du fikk vite i avregning ${number}.`
      const way = payableNok.startsWith('-') ? 'krediteres' : 'faktureres'
      return (
        `Du skal ikke betale noe ut fra denne avregningen. Bare forskjellen til avregning ${number}, ` +
        `${kroner(payableNok.replace('-', ''))} uten mva., ${way}.`
      )
    },
    proposed:
      'Det som er foreslått, skal ikke betales nå. Vi tar kontakt om det. Etterpå blir det enten å betale eller ' +
      'frafalt, og du får en ny revisjon av avregningen.',
    questions: (contact, number) =>
      `Er det noe du lurer på eller ikke er enig i? Kontakt ${contact ?? 'oss'} og oppgi ${number}.`,
    later: 'Blir det talt bruk senere som hører til måneden, får du en ny revisjon som viser forskjellen.',
  },
  figures: {
    payableNet: 'Å betale, uten mva.',
    payableGross: 'Å betale, med mva.',
    proposed: 'Foreslått, ikke å betale nå',
    difference: 'Endring i det som er å betale',
    explain: vat =>
      vat === null
        ? 'Alle beløp er i norske kroner (NOK) og uten merverdiavgift.'
        : 'Alle beløp er i norske kroner (NOK). Priser og linjer er uten merverdiavgift.',
  },
  vat: vatOf,
  lines: {
    heading: clients => (clients === null ? 'Linjer' : `Linjer for ${clientsOf(clients)}`),
    none: 'Ingen: alle klientene i avregningen før har en annen betaler nå, eller er ikke kunder lenger.',
    nothingToCharge: 'Ingenting å betale',
    item: 'Beskrivelse',
    quantity: 'Antall',
    unitPrice: 'Pris, kr',
    amount: 'Beløp, kr',
    sum: 'Sum',
    total: 'Å betale og foreslått',
    ofWhichProposed: 'herav foreslått, ikke å betale nå',
    agreed: regularNok => `Avtalt beløp; etter prislisten ${kroner(regularNok)}`,
    proposedCase: (caseId, contact) => `Sak ${caseId}${contact === null ? '' : `. Kontakt: ${contact}`}`,
  },
  item: terms => {
    switch (terms.kind) {
      case 'included':
        return `Inkludert: ${terms.integrationName}`
      case 'partner_tier':
        return `Partnernivå ${terms.tier}: ${clientsOf(terms.clients.length)} med partnerintegrasjon`
      case 'access_external':
        return 'Tilgang til eksterne integrasjoner'
      case 'overage_requests':
        return `Forespørsler over inkluderte ${decimal(terms.included)}`
      case 'overage_transfer':
        return `Overføring over inkluderte ${decimal(terms.includedGigabytes)}${NO_BREAK_SPACE}GB`
    }
  },
  itemNames: {
    included: 'Inkludert',
    partner_tier: 'Partnernivå',
    access_external: 'Tilgang til eksterne integrasjoner',
    overage_requests: 'Forespørsler over inkludert mengde',
    overage_transfer: 'Overføring over inkludert mengde',
  },
  units: { request: ['forespørsel', 'forespørsler'], MB: ['MB', 'MB'], month: ['måned', 'måneder'] },
  status: { payable: 'å betale', proposed: 'foreslått', waived: 'frafalt' },
  tier: {
    heading: (tier, clients) => `Partnernivå ${tier} teller ${clientsOf(clients)}`,
    none: 'Ingen klienter har partnerintegrasjon; partneren har en selv.',
  },
  difference: {
    heading: number => `Endret siden avregning ${number}`,
    none: 'Ingenting for deg: måneden er avregnet på nytt på grunn av andre.',
    line: 'Linje',
    because: 'Hvorfor',
    before: 'Før, kr',
    now: 'Nå, kr',
    payable: 'Endring å betale, kr',
    total: 'Endring i det som er å betale, uten mva.',
    noLine: 'ingen linje',
    cause: (cause, { requestsMore, bytesMore }) => {
      switch (cause) {
        case 'usage':
          return `Bruk talt siden: ${countRequests(signed(requestsMore))}, ${signedBytes(bytesMore)}`
        case 'registry':
          return 'Kunderegisteret er rettet'
        case 'tariff':
          return 'Prislisten er endret'
        case 'decision':
          return 'Avgjort i dialogen'
        case 'rules':
          return 'Beregnet på nytt av en ny versjon av programmet'
      }
    },
    price: ({ term, before, after }) => {
      switch (term) {
        case 'access_price':
        case 'tier_price':
          return `pris per måned fra ${kroner(before)} til ${kroner(after)}`
        case 'request_price':
          return `pris per forespørsel fra ${kroner(before)} til ${kroner(after)}`
        case 'megabyte_price':
          return `pris per MB fra ${kroner(before)} til ${kroner(after)}`
        case 'included_requests':
          return `inkluderte forespørsler fra ${decimal(before)} til ${decimal(after)}`
        case 'included_gigabytes':
          return `inkludert overføring fra ${decimal(before)} til ${decimal(after)}${NO_BREAK_SPACE}GB`
      }
    },
  },
  use: {
    heading: 'Bruk per integrasjon',
    integration: 'Integrasjon',
    kind: {
      internal: 'intern',
      year_end: 'årsoppgjør',
      partner: 'partner',
      external: 'ekstern',
      unnamed: 'ikke oppgitt',
      unknown: 'ukjent i registeret',
    },
    unnamed: 'Uten integrasjon',
    notCounted: statusClass => `herav besvart med ${statusClass}, teller ikke`,
    requests: 'Forespørsler',
    transfer: 'Overført, MB',
    countedRequests: 'Teller, forespørsler',
    countedTransfer: 'Teller, MB',
    counted: 'Teller mot det inkluderte',
    included: 'Inkludert i måneden',
    above: 'Over det inkluderte',
    explain: '«Teller» er det som teller mot det som er inkludert. Det som er over, står som linjer ovenfor.',
  },
  days: {
    heading: 'Bruk per dag',
    requests: count => `Forespørsler, ${count} i måneden`,
    transfer: bytes => `Overføring, ${bytes} i måneden`,
    requestsOf: (day, count) => `${formatDate(day, 'nb')}: ${countRequests(count)}`,
    transferOf: (day, bytes) => `${formatDate(day, 'nb')}: ${bytes}`,
    explain: timeZone =>
      `Døgn i tidssonen ${timeZone}. All bruk, også det som er inkludert eller ikke teller mot det inkluderte.`,
    since: (requests, bytes) =>
      `Døgnene vises slik de er talt nå: ${countRequests(requests)} og ${bytes} mer enn i denne revisjonen. ` +
      'En senere revisjon kan ta det med.',
  },
  basis: {
    heading: 'Slik er tallene beregnet',
    definitions: describeTariffInNorwegian,
    bytes: {
      body: 'innholdet alene',
      headers_and_body: 'hoder og innhold',
      as_sent: 'det gatewayen selv sender',
    },
    countedInClass:
      'Noen av forespørslene i måneden ble talt før 429, 401 og 407 ble skilt ut fra 4xx. De teller som 4xx.',
    bytesOf: bases => `Som byte teller ${bases.join(', noen steder ')}.`,
    reconciled: ({ isWhole, agrees, requestsTolerated }) => {
      const what = isWhole
        ? 'Det gatewayene selv har telt i måneden, er sammenholdt med det som kom inn'
        : 'For en del av måneden, eller for noen av gatewayene, er det de selv har telt, sammenholdt med det ' +
          'som kom inn'
      if (!agrees) return `${what}, og det stemmer ikke. Hvorfor avregningen er laget likevel, står øverst.`
      return requestsTolerated === 0
        ? `${what}, og det stemmer.`
        : `${what}, og det stemmer innenfor ${countRequests(decimal(`${requestsTolerated}`))}.`
    },
    reference: 'Referanse',
    contentHash: 'Kontrollsum for måneden',
    made: 'Laget',
    madeAt: (date, time, timeZone) => `${date} kl.${NO_BREAK_SPACE}${time} (${timeZone})`,
    prices: 'Priser',
    pricesFrom: month => `gjelder fra ${formatMonth(month, 'nb')}`,
    explain:
      'Med kontrollsummen kan leverandøren vise hva i loggen tallene bygger på, og regne dem ut på nytt.',
  },
}
