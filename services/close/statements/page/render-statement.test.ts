import type { Language } from '@forbruk/schemas/statement/language.ts'
import { type PayerStatement, payerStatementShape } from '@forbruk/schemas/statement/payer-statement.ts'
import { describeTariff } from '@forbruk/schemas/tariff/describe-tariff.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPage } from '../../../../test/support/close/read-page.ts'
import { decided, PUBLISHED, REQUESTS } from '../../../../test/support/close/registry-values.ts'
import { priceOverage } from '../../rating/price-overage.ts'
import { explainLines } from '../explain-lines.ts'
import { describeTariffInNorwegian } from './describe-tariff-in-norwegian.ts'
import { html } from './html.ts'
import { renderStatement } from './render-statement.ts'

const NOBODY = new Map<string, never>()
const TERMS = { version: PUBLISHED, integrationNames: NOBODY, countedClients: NOBODY }
const LINES = priceOverage(PUBLISHED, REQUESTS + 1n, 0n, decided('waived'))
const STATEMENT: PayerStatement = {
  number: '2026-10-r2-fjell',
  month: '2026-10',
  revision: 2,
  isLatest: true,
  period: { first: '2026-10-01', last: '2026-10-31' },
  currency: 'NOK',
  seller: {
    name: 'Eksempel API AS',
    organisationNumber: '310000019',
    foretaksregisteret: true,
    address: { street: 'Storgata 1', postalCode: '0155', city: 'Oslo', country: 'NO' },
    contact: { name: 'Faktura', phone: null, email: 'faktura@example.com' },
  },
  payerId: 'fjell',
  payerName: 'Fjell AS',
  payerOrganisationNumber: '310000027',
  payerAddress: { street: null, postalCode: null, city: null, country: 'NO' },
  amountNok: '1149.02',
  payableNok: '1149.00',
  proposedNok: '0.02',
  vat: {
    category: 'S',
    percent: '25',
    reason: null,
    netNok: '1149.00',
    vatNok: '287.25',
    grossNok: '1436.25',
  },
  clients: [
    {
      clientId: 'bjork',
      clientName: 'Bjørk AS',
      partnerId: 'fjell',
      status: 'proposed',
      amountNok: '1149.00',
      payableNok: '1149.00',
      proposedNok: '0.00',
      requests: '500001',
      bytes: '12',
      meteredRequests: '500001',
      meteredBytes: '12',
      notCounted: [{ statusClass: '429', requests: '4116', bytes: '1234567' }],
      caseId: 'bjork/2026-10',
      usage: [
        {
          integrationId: 'shop',
          integrationName: 'Nettbutikk',
          kind: 'external',
          requests: '500001',
          requestBytes: '5',
          responseBytes: '7',
          meteredRequests: '500001',
          meteredBytes: '12',
          notCounted: [{ statusClass: '429', requests: '4116', bytes: '1234567' }],
        },
      ],
      lines: explainLines('bjork', LINES, TERMS),
    },
  ],
  adjustments: [],
  adjustmentsPayableNok: '0.00',
  difference: {
    revision: 1,
    number: '2026-10-r1-fjell',
    payableNok: '-0.03',
    lines: [
      {
        clientId: 'bjork',
        clientName: 'Bjørk AS',
        item: 'overage_requests',
        integrationId: '',
        unit: 'request',
        quantityBefore: '2',
        quantityAfter: '1',
        statusBefore: 'payable',
        statusAfter: 'waived',
        amountBeforeNok: '0.03',
        amountAfterNok: '0.00',
        adjustmentNok: '-0.03',
        payableNok: '-0.03',
        causes: [
          { cause: 'tariff', amountNok: '-0.01', payableNok: '-0.01' },
          { cause: 'decision', amountNok: '-0.02', payableNok: '-0.02' },
        ],
        requestsMore: '0',
        bytesMore: '0',
        priceChanges: [{ term: 'request_price', before: '0.020000', after: '0.017' }],
      },
    ],
  },
  usage: {
    timeZone: 'Europe/Oslo',
    days: [{ day: '2026-10-01', requests: '500002', bytes: '12' }],
    requestsSince: '1',
    bytesSince: '0',
    bytesBases: ['body', 'headers_and_body'],
    isStatusToldApart: true,
  },
  tariff: PUBLISHED,
  contentHash: 'abc',
  closedAt: '2026-11-02T05:00:00.000Z',
  forcedReason: null,
  reconciliation: null,
}

const read = (statement: PayerStatement, language: Language) => readPage(renderStatement(statement, language))

describe('the page in Norwegian', () => {
  const page = read(STATEMENT, 'nb')

  test.each([
    ['the month', 'Oktober 2026'],
    ['its number', 'Avregning nr. 2026-10-r2-fjell'],
    ['its period', '1. oktober 2026 – 31. oktober 2026'],
    ['that it is no invoice', 'Dette er ikke en faktura'],
    ['who sends it', 'Eksempel API AS Storgata 1 0155 Oslo Org.nr. 310 000 019 MVA, Foretaksregisteret'],
    ['who receives it', 'Fjell AS Org.nr. 310 000 027'],
    ['the sum without VAT', 'Å betale, uten mva. 1 149,00 kr'],
    ['the VAT', 'Merverdiavgift 25 % 287,25 kr'],
    ['the sum with VAT', 'Å betale, med mva. 1 436,25 kr'],
    ['what happens next', 'Bare forskjellen til avregning 2026-10-r1-fjell, 0,03 kr uten mva., krediteres.'],
    ['whom to ask', 'Kontakt Faktura, faktura@example.com og oppgi 2026-10-r2-fjell'],
    ['what was announced before', 'Endret siden avregning 2026-10-r1-fjell'],
    ['what is owed back', '\u22120,03'],
    ['a price change in prices', 'pris per forespørsel fra 0,02 kr til 0,017 kr (\u22120,01)'],
    ['a decision', 'Avgjort i dialogen (\u22120,02)'],
    ['what counts', 'Nettbutikk ekstern 500 001 0,000012 500 001 0,000012'],
    ['what counts for nothing, by status', 'herav besvart med 429, teller ikke 4 116 1,234567'],
    ['what is above', 'Over det inkluderte 1 0'],
    ['the hash', 'abc'],
    ['its definitions', 'En måned er en kalendermåned i Europe/Oslo.'],
    ['what bytes are', 'Som byte teller innholdet alene, noen steder hoder og innhold.'],
    ['ticks in one unit', ' 10 B '],
    ['that more was counted since', '1 forespørsel og 0 B mer'],
    ['when it was made', '2. november 2026 kl. 06:00 (Europe/Oslo)'],
  ])('shows %s', (_what, text) => expect(page).toContain(text))

  test('strikes out what was waived', () => {
    expect(renderStatement(STATEMENT, 'nb')).toContain('<s>0,02</s>')
  })

  test('shows why an incomplete month was made all the same', () => {
    const forced = read({ ...STATEMENT, forcedReason: 'styret møtes' }, 'nb')
    expect(forced).toContain('Laget selv om måneden ikke var komplett. Begrunnelse: styret møtes')
  })

  test('says that a later revision replaces it', () => {
    expect(read({ ...STATEMENT, isLatest: false }, 'nb')).toContain('En senere revisjon har erstattet')
  })

  test('says where statuses that count for nothing were not told apart yet', () => {
    const said = 'ble talt før 429, 401 og 407 ble skilt ut fra 4xx. De teller som 4xx.'
    expect(page).not.toContain(said)
    expect(read({ ...STATEMENT, usage: { ...STATEMENT.usage, isStatusToldApart: false } }, 'nb')).toContain(
      said,
    )
  })

  test("of a payer whose clients are all another payer's now shows what is taken back", () => {
    const text = read({ ...STATEMENT, clients: [], amountNok: '0.00', payableNok: '0.00' }, 'nb')
    expect(text).toContain('en annen betaler nå')
    expect(text).toContain('\u22120,03')
  })

  test('says the absence of VAT with its reason, and without a seller that amounts are without', () => {
    const vat = { netNok: '1149.00', vatNok: '0.00', grossNok: '1149.00', percent: '0' }
    const reason = 'Unntatt etter mval. § 3-6'
    const exempt = read({ ...STATEMENT, vat: { ...vat, category: 'E', reason } }, 'nb')
    expect(exempt).toContain(`Ingen merverdiavgift: ${reason}`)
    expect(exempt).not.toContain('med mva.')
    const unknown = read({ ...STATEMENT, seller: null, vat: null }, 'nb')
    expect(unknown).toContain('Alle beløp er i norske kroner (NOK) og uten merverdiavgift.')
    expect(unknown).toContain('Kontakt oss og oppgi 2026-10-r2-fjell')
  })

  test('has nothing to pay where nothing is', () => {
    const nothing = read({ ...STATEMENT, difference: null, payableNok: '0.00' }, 'nb')
    expect(nothing).toContain('Det er ingenting å betale for denne måneden.')
    expect(nothing).not.toContain('Endret siden')
  })
})

test('the page in English says the same, with the same figures', () => {
  const [norwegian, english] = [read(STATEMENT, 'nb'), read(STATEMENT, 'en')]
  expect(english).toContain('This is not an invoice')
  expect(english).toContain('Included per client and month: 500,000 requests and 30 GB.')
  const allowance = { requests: 10_000, gigabytes: '0.6' }
  const tariff = { ...PUBLISHED, consumption: { ...PUBLISHED.consumption, allowance } }
  expect(read({ ...STATEMENT, tariff }, 'en')).toContain('10,000 requests and 0.6 GB.')
  const figures = (page: string, written: RegExp) => [...page.matchAll(written)].map(([figure]) => figure)
  const ofNorwegian = figures(norwegian, /\d+(?: \d{3})*,\d+/g)
  expect(ofNorwegian.length).toBeGreaterThan(10)
  expect(figures(english, /\d+(?:,\d{3})*\.\d+/g).toSorted()).toEqual(
    ofNorwegian.map(figure => figure.replace(',', '.').replaceAll(' ', ',')).toSorted(),
  )
  expect(english.replaceAll('Bjørk', '').replaceAll('øre', '')).not.toMatch(/[æøå]/i)
})

test('how the figures come about has as many sentences in both languages', () => {
  const { note: _, ...version } = PUBLISHED
  const english = describeTariff({ currency: 'NOK', timeZone: 'Europe/Oslo' }, version)
  expect(describeTariffInNorwegian(PUBLISHED, 'Europe/Oslo')).toHaveLength(english.length)
})

/** Every text of a document as this one; numbers, dates and what is one of a few stay. */
function poison(value: unknown, evil: string): unknown {
  if (Array.isArray(value)) return value.map(each => poison(each, evil))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, POISONED.has(key) ? evil : poison(each, evil)]),
  )
}
const POISONED = new Set(
  'number name street city postalCode country phone email payerId payerName payerOrganisationNumber clientId clientName'
    .concat(' caseId integrationId integrationName tier forcedReason contentHash reason organisationNumber')
    .split(' '),
)

test.each(['nb', 'en'] as const)('texts stay texts, wherever they stand: %s', language => {
  const evil = `"><script>alert(1)</script><img src=x onerror='a'>&amp;\u0000`
  const included = {
    ...LINES[0],
    item: 'included',
    integrationId: 'a',
    terms: { kind: 'included', integrationName: '' },
  }
  const counted = [{ clientId: '', clientName: '' }]
  const tier = {
    ...LINES[0],
    item: 'partner_tier',
    terms: { kind: 'partner_tier', tier: '', clients: counted },
  }
  const clients = STATEMENT.clients.map(each => ({ ...each, lines: [...each.lines, included, tier] }))
  const vat = { ...STATEMENT.vat, category: 'E', reason: '' }
  const whole = { ...STATEMENT, clients, vat, forcedReason: '' }
  const page = renderStatement(payerStatementShape.parse(poison(whole, evil)), language)
  expect(page).not.toMatch(/<script|<img/)
  expect(page).not.toContain('\u0000')
  expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(25)
})

test('nothing that is put in braces becomes markup', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const { markup } = html`<p title="${text}">${text}</p>`
      const ownMarks = 6
      expect(markup.match(/[<>"']/g)).toHaveLength(ownMarks)
    }),
  )
})

test('what gateways themselves counted is told in one sentence, and nothing where nobody compared it', () => {
  const tell = (language: Language, reconciliation: PayerStatement['reconciliation']) =>
    read({ ...STATEMENT, reconciliation }, language)
  const agreed = { isWhole: true, agrees: true, requestsTolerated: 0 }
  expect(tell('en', agreed)).toContain(
    'What the gateways themselves have counted in the month was compared with what arrived, and agrees.',
  )
  expect(tell('nb', agreed)).toContain(
    'Det gatewayene selv har telt i måneden, er sammenholdt med det som kom inn, og det stemmer.',
  )
  expect(tell('nb', { ...agreed, isWhole: false, requestsTolerated: 1_200 })).toMatch(
    /For en del av måneden, eller for noen av gatewayene, .* og det stemmer innenfor 1\s200 forespørsler\./,
  )
  expect(tell('en', { ...agreed, agrees: false })).toContain('and does not agree.')
  for (const language of ['nb', 'en'] as const)
    expect(tell(language, null)).not.toMatch(/gatewayene selv|gateways/)
})
