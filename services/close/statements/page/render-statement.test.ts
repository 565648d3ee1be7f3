import type { PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decided, PUBLISHED, REQUESTS } from '../../../../test/support/close/registry-values.ts'
import { priceOverage } from '../../rating/price-overage.ts'
import { html } from './html.ts'
import { renderStatement } from './render-statement.ts'

const LINES = priceOverage(PUBLISHED, REQUESTS + 1n, 0n, decided('waived'))
const STATEMENT: PayerStatement = {
  month: '2026-10',
  revision: 2,
  isLatest: true,
  currency: 'NOK',
  payerId: 'fjell',
  payerName: 'Fjell AS',
  amountNok: '1149.00',
  payableNok: '1149.00',
  proposedNok: '0.00',
  clients: [
    {
      clientId: 'bjork',
      clientName: 'Bjørk AS',
      partnerId: 'fjell',
      status: 'payable',
      amountNok: '1149.00',
      payableNok: '1149.00',
      proposedNok: '0.00',
      requests: '500001',
      bytes: '12',
      meteredRequests: '500001',
      meteredBytes: '12',
      notCounted: [{ statusClass: '429', requests: '4116', bytes: '1234567' }],
      lines: LINES,
    },
  ],
  adjustments: [
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
      causes: [{ cause: 'decision', detail: 'waived', amountNok: '-0.03', payableNok: '-0.03' }],
    },
  ],
  adjustmentsPayableNok: '-0.03',
  usage: {
    timeZone: 'Europe/Oslo',
    days: [{ day: '2026-10-01', requests: '500002', bytes: '12' }],
    requestsSince: '1',
    bytesSince: '0',
  },
  proof: {
    contentHash: 'abc',
    closedAt: '2026-11-02T05:00:00.000Z',
    stream: 'gateway.requests',
    ranges: [
      { partition: 0, firstOffset: '0', nextOffset: '11' },
      { partition: 1, firstOffset: '0', nextOffset: '0' },
    ],
    registryImportId: 'r',
    tariffHash: 't',
    tariffValidFrom: '2020-01',
    definitions: ['A month is a calendar month in Europe/Oslo.'],
    forced: null,
  },
}

describe('the page', () => {
  const page = renderStatement(STATEMENT)

  test.each([
    ['the month', '<h1>October 2026</h1>'],
    ['the sum, as Norwegians write it', '1\u00a0149,00'],
    ['the adjustment to the revision before', 'Adjustments to revision 1'],
    ['what is owed back', '\u22120,03'],
    ['why', 'decision: <bdi>waived</bdi>'],
    ['a waived amount struck out', '<s>0,02</s>'],
    ['the offsets it covers', 'partition 0, offsets 0 to 10'],
    ['its hash', '<code>abc</code>'],
    ['its definitions', 'A month is a calendar month'],
    ['ticks in one unit', '>10\u00a0B</text>'],
    ['that more was counted since', '1 requests and 0 bytes more'],
  ])('shows %s', (_what, text) => expect(page).toContain(text))

  test('says what counted for nothing, by status', () => {
    expect(page).toContain('Not counted, answered with 429: 4\u00a0116 requests, 1,23\u00a0MB')
  })

  test('names no empty partition', () => expect(page).not.toContain('partition 1'))

  test('shows why an incomplete month was made all the same', () => {
    const forced = { reason: 'the board <meets>', lacks: ['partition 0: nothing aggregated of 3'] }
    const text = renderStatement({ ...STATEMENT, proof: { ...STATEMENT.proof, forced } })
    expect(text).toContain('the board &lt;meets&gt;')
    expect(text).toContain('<li>partition 0: nothing aggregated of 3</li>')
  })

  test('says that a later revision replaces it', () => {
    expect(renderStatement({ ...STATEMENT, isLatest: false })).toContain('A later revision replaces')
  })

  test("of a payer whose clients are all another payer's now shows what is taken back", () => {
    const text = renderStatement({ ...STATEMENT, clients: [], amountNok: '0.00', payableNok: '0.00' })
    expect(text).toContain('another payer')
    expect(text).toContain('\u22120,03')
  })
})

test('texts stay texts, wherever they stand', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror='a'>&amp;\u0000`
  const [client] = STATEMENT.clients
  const [adjustment] = STATEMENT.adjustments
  if (client === undefined || adjustment === undefined) throw new Error('expected one of each')
  const page = renderStatement({
    ...STATEMENT,
    payerName: evil,
    payerId: evil,
    clients: [
      { ...client, clientName: evil, clientId: evil, lines: LINES.map(line => ({ ...line, detail: evil })) },
    ],
    adjustments: [
      {
        ...adjustment,
        clientName: evil,
        integrationId: evil,
        causes: [{ cause: 'usage', detail: evil, amountNok: '0.00', payableNok: '0.00' }],
      },
    ],
    proof: { ...STATEMENT.proof, stream: evil, definitions: [evil], forced: { reason: evil, lacks: [evil] } },
  })
  expect(page).not.toMatch(/<script|<img/)
  expect(page).not.toContain('\u0000')
  expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(11)
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
