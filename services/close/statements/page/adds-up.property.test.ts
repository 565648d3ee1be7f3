import { readFileSync } from 'node:fs'
import { EXAMPLE_SELLER_URL, readSeller } from '@forbruk/schemas/seller/read-seller.ts'
import type { PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readFigure, readTable } from '../../../../test/support/close/read-page.ts'
import {
  activation,
  client,
  decided,
  PUBLISHED,
  rate,
  registry,
  use,
} from '../../../../test/support/close/registry-values.ts'
import { toPayerStatement } from '../to-payer-statement.ts'
import { renderStatement } from './render-statement.ts'

const SELLER = readSeller(readFileSync(EXAMPLE_SELLER_URL, 'utf8'), 'example')
const KNOWN = registry(
  [client('byrå'), client('firma', 'byrå', true)],
  [
    activation('byrå', 'bi'),
    activation('firma', 'bi'),
    activation('firma', 'shop'),
    activation('firma', 'web'),
  ],
  ['byrå'],
)
const OFFSETS = 987_654_321

const useArbitrary = fc.record({
  clientId: fc.constantFrom('byrå', 'firma'),
  integrationId: fc.constantFrom('bi', 'shop', 'web', ''),
  requests: fc.bigInt({ min: 0n, max: 2_000_000n }),
  bytes: fc.bigInt({ min: 0n, max: 90_000_000_000n }),
})
const decisionArbitrary = fc.record({
  outcome: fc.constantFrom('charge' as const, 'waived' as const),
  requests: fc.nat({ max: 2_000_000 }).map(String),
  agreedNok: fc.option(fc.integer({ min: 1, max: 100_000 }).map(ore => new Decimal(ore).div(100).toFixed(2))),
})
type Decision = typeof decisionArbitrary extends fc.Arbitrary<infer Value> ? Value : never

function toTerms({ outcome, requests, agreedNok }: Decision) {
  return decided(outcome, { requests, agreedNok: outcome === 'charge' ? agreedNok : null })
}

function statePayer(uses: readonly Parameters<typeof use>[], decisions: readonly Decision[]): PayerStatement {
  const usage = uses.map(each => use(...each))
  const { statements } = rate(usage, KNOWN, PUBLISHED, new Map([['firma', decisions.flatMap(toTerms)]]))
  const proof = {
    contentHash: 'h',
    closedAt: '2026-11-02T05:00:00.000Z',
    stream: 'gateway.requests',
    ranges: [{ partition: 0, firstOffset: '0', nextOffset: String(OFFSETS) }],
    registryImportId: 'registry-import',
    tariffHash: 'tariff-hash',
    tariffValidFrom: '2020-01',
    definitions: ['Sources gw1: known by its place in its file.'],
    forced: { reason: 'board', lacks: ['source gw1 has shipped nothing'] },
  }
  const month = { month: '2026-10', revision: 1, closeId: 'c', isLatest: true, statements: 2 }
  const ofByrå = statements.filter(each => each.payerId === 'byrå')
  const stated = toPayerStatement(
    { statements: ofByrå, adjustments: [] },
    {
      stated: { ...month, formats: ['combined'], sources: [], reconciled: [], tariff: PUBLISHED, proof },
      isStatusToldApart: true,
      timeZone: 'Europe/Oslo',
      seller: SELLER,
      days: new Map(),
      terms: {
        version: PUBLISHED,
        integrationNames: new Map(),
        countedClients: new Map([['byrå', KNOWN.clients.filter(each => each.clientId === 'firma')]]),
      },
      buyers: new Map(),
      caseIds: new Map(),
      announced: null,
    },
  )
  if (stated === null) throw new Error('byrå always has its tier')
  return stated
}

const sum = (figures: readonly string[]) => Decimal.sum(0, ...figures.map(each => new Decimal(each)))
const last = (row: readonly string[]) => readFigure(row.at(-1) ?? '')
const find = (rows: readonly string[][], name: string) => rows.filter(row => row[0] === name)

/** What stands on the page is enough to work out every amount on it; nothing else is looked at. */
function addUp(page: string): void {
  const rows = readTable(page, 'lines')
  const items = rows.filter(row => row.length === 4 && readFigure(row[2] ?? '') !== '')
  expect(items.length).toBeGreaterThan(0)
  const stays = items.filter(row => !row[0]?.includes('frafalt'))
  const proposed = stays.filter(row => row[0]?.includes('foreslått'))
  const amountOf = (some: readonly string[][]) => sum(some.map(last)).toFixed(2)
  const [net = []] = find(rows, 'Å betale, uten mva.')
  const [vat = []] = find(rows, 'Merverdiavgift 25 %')
  const [gross = []] = find(rows, 'Å betale, med mva.')
  expect(last(net)).toBe(new Decimal(amountOf(stays)).minus(amountOf(proposed)).toFixed(2))
  expect(last(vat)).toBe(new Decimal(last(net)).div(4).toFixed(2, Decimal.ROUND_HALF_UP))
  expect(last(gross)).toBe(sum([last(net), last(vat)]).toFixed(2))
  const ofWhich = find(rows, 'herav foreslått, ikke å betale nå').map(last)
  expect(ofWhich).toEqual(proposed.every(row => last(row) === '0.00') ? [] : [amountOf(proposed)])
  expect(amountOf(find(rows, 'Sum'))).toBe(amountOf(stays))
  addUpUse(page, items)
}

function addUpUse(page: string, items: readonly string[][]): void {
  const rows = readTable(page, 'use')
  const integrations = rows.slice(1).filter(row => (row[1] ?? '') !== '' && (row[3] ?? '') !== '')
  const counted = find(rows, 'Teller mot det inkluderte')
  const included = find(rows, 'Inkludert i måneden')
  const above = find(rows, 'Over det inkluderte')
  for (const [column, item] of [
    [3, 'Forespørsler over'],
    [4, 'Overføring over'],
  ] as const) {
    const figure = (row: readonly string[]) => readFigure(row[column] ?? '')
    const metered = integrations.map(row => readFigure(row[column] ?? ''))
    expect(sum(counted.map(figure)).toFixed()).toBe(sum(metered).toFixed())
    const reckoned = counted.map((row, index) =>
      Decimal.max(0, new Decimal(figure(row)).minus(figure(included[index] ?? []))).toFixed(),
    )
    expect(above.map(row => new Decimal(figure(row)).toFixed())).toEqual(reckoned)
    const lines = items.filter(row => row[0]?.startsWith(item))
    expect(sum(lines.map(row => readFigure(row[1] ?? ''))).toFixed()).toBe(sum(reckoned).toFixed())
    if (lines.some(row => row[0]?.includes('Avtalt beløp'))) continue
    const byPrice = reckoned.map(each => new Decimal(each).times('0.017').toFixed(2, Decimal.ROUND_HALF_UP))
    expect(sum(lines.map(last)).toFixed(2)).toBe(sum(byPrice).toFixed(2))
  }
}

test('every amount on the page follows from what else stands on it', () => {
  fc.assert(
    fc.property(
      fc.array(useArbitrary, { maxLength: 6 }),
      fc.array(decisionArbitrary, { maxLength: 3 }),
      (uses, decisions) => {
        const rows = uses.map(
          each => [each.clientId, each.integrationId, each.requests, 0n, each.bytes] as const,
        )
        addUp(
          renderStatement(
            statePayer(
              rows.map(row => [...row]),
              decisions,
            ),
            'nb',
          ),
        )
      },
    ),
    { numRuns: 200 },
  )
})

test("a payer's page and document say nothing of the log, nor of where it comes from", () => {
  const statement = statePayer([['firma', 'shop', 600_000n]], [])
  const texts = [
    renderStatement(statement, 'nb'),
    renderStatement(statement, 'en'),
    JSON.stringify(statement),
  ]
  for (const text of texts) {
    expect(text.replaceAll(/\s/g, '')).not.toMatch(
      /gw1|gateway\.requests|987654320|987654321|partition[^e]*\d/i,
    )
    expect(text).not.toMatch(/registry-import|tariff-hash/)
  }
})
