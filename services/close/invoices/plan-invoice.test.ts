import type { ClientLine } from '@forbruk/schemas/statement/payer-statement.ts'
import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sumAmounts } from '../rating/price-lines.ts'
import type { Invoice } from './invoice.ts'
import { type PayerRevision, planInvoice } from './plan-invoice.ts'
import type { InvoicedStatement } from './subtract-lines.ts'

const PAYER = { month: '2026-10', payerId: 'byrå', payerName: 'Byrå AS' }
const ACCESS: ClientLine = {
  item: 'access_external',
  integrationId: '',
  detail: 'Access',
  quantity: '1',
  unit: 'month',
  unitPriceNok: '149',
  amountNok: '149.00',
  status: 'payable',
  terms: { kind: 'access_external' },
}

function requestsAbove(count: number, status: ClientLine['status'] = 'payable'): ClientLine {
  const amountNok = new Decimal(count).times('0.017').toFixed(2)
  return {
    ...ACCESS,
    item: 'overage_requests',
    quantity: `${count}`,
    unit: 'request',
    unitPriceNok: '0.017',
    amountNok,
    status,
  }
}

/** Each revision as the lines that clients have in it. */
function plan(...revisions: readonly Readonly<Record<string, readonly ClientLine[]>>[]): Invoice | null {
  return planInvoice(PAYER, revisions.map(toRevision))
}

function toRevision(lines: Readonly<Record<string, readonly ClientLine[]>>, index: number): PayerRevision {
  const statements: InvoicedStatement[] = Object.entries(lines).map(([clientId, ofClient]) => ({
    clientId,
    clientName: clientId.toUpperCase(),
    lines: ofClient,
  }))
  return { revision: index + 1, issueDate: `2026-11-0${index + 2}`, statements }
}

const figures = (invoice: Invoice | null) =>
  invoice?.lines.map(line => `${line.clientId}: ${line.quantity} × ${line.unitPriceNok} = ${line.amountNok}`)

describe('a first revision', () => {
  test('is invoiced whole, each line under its client', () => {
    const invoice = plan({ byrå: [ACCESS], firma: [ACCESS, requestsAbove(200)] })
    expect(invoice).toMatchObject({
      kind: 'invoice',
      number: '2026-10-r1-byrå',
      issueDate: '2026-11-02',
      preceding: null,
      payerName: 'Byrå AS',
    })
    expect(figures(invoice)).toEqual([
      'byrå: 1 × 149 = 149.00',
      'firma: 1 × 149 = 149.00',
      'firma: 200 × 0.017 = 3.40',
    ])
  })

  test('what is proposed, waived, included or free is on no invoice', () => {
    const included: ClientLine = { ...ACCESS, item: 'included', unitPriceNok: '0', amountNok: '0.00' }
    const free: ClientLine = { ...ACCESS, unitPriceNok: '0', amountNok: '0.00' }
    const lines = [requestsAbove(9_000, 'proposed'), requestsAbove(9, 'waived'), included, free]
    expect(plan({ firma: lines })).toBeNull()
    expect(figures(plan({ firma: [...lines, ACCESS] }))).toEqual(['firma: 1 × 149 = 149.00'])
  })
})

describe('a later revision', () => {
  test('that changes nothing to pay is no document', () => {
    expect(plan({ firma: [ACCESS] }, { firma: [ACCESS, requestsAbove(5, 'proposed')] })).toBeNull()
    expect(plan({ firma: [ACCESS] }, {}, {})).toBeNull()
  })

  test('asks for what came on top, and names the document before', () => {
    const invoice = plan(
      { firma: [requestsAbove(100)] },
      { firma: [requestsAbove(100)] },
      { firma: [requestsAbove(300)] },
    )
    expect(invoice).toMatchObject({
      kind: 'invoice',
      number: '2026-10-r3-byrå',
      preceding: { number: '2026-10-r1-byrå', issueDate: '2026-11-02' },
    })
    expect(figures(invoice)).toEqual(['firma: 200 × 0.017 = 3.40'])
  })

  test('asks for the whole of what was proposed before', () => {
    const invoice = plan({ firma: [requestsAbove(200, 'proposed')] }, { firma: [requestsAbove(200)] })
    expect(invoice).toMatchObject({ kind: 'invoice', preceding: null })
    expect(figures(invoice)).toEqual(['firma: 200 × 0.017 = 3.40'])
  })

  test('gives back by a credit note, whose amounts are positive', () => {
    const note = plan({ firma: [ACCESS], kunde: [ACCESS] }, { firma: [ACCESS] })
    expect(note).toMatchObject({ kind: 'credit_note', preceding: { number: '2026-10-r1-byrå' } })
    expect(figures(note)).toEqual(['kunde: 1 × 149 = 149.00'])
  })

  test('takes another price as the old line back and the new one', () => {
    const dearer = { ...ACCESS, unitPriceNok: '199', amountNok: '199.00' }
    expect(figures(plan({ firma: [ACCESS] }, { firma: [dearer] }))).toEqual([
      'firma: -1 × 149 = -149.00',
      'firma: 1 × 199 = 199.00',
    ])
    expect(figures(plan({ firma: [dearer] }, { firma: [ACCESS] }))).toEqual([
      'firma: 1 × 199 = 199.00',
      'firma: -1 × 149 = -149.00',
    ])
  })

  test('asks for an amount that was agreed on as one sum', () => {
    const agreed = { ...requestsAbove(20_000), amountNok: '200.00' }
    const invoice = plan({ firma: [requestsAbove(20_000, 'proposed')] }, { firma: [agreed] })
    expect(figures(invoice)).toEqual(['firma: 1 × 200.00 = 200.00'])
    expect(invoice?.lines[0]?.unit).toBe('sum')
    expect(figures(plan({ firma: [requestsAbove(20_000)] }, { firma: [agreed] }))).toEqual([
      'firma: 1 × 140.00 = 140.00',
    ])
  })

  test('that moves as much from one client to another is an invoice of nothing, which says so', () => {
    const invoice = plan({ firma: [ACCESS] }, { kunde: [ACCESS] })
    expect(invoice).toMatchObject({ kind: 'invoice' })
    expect(figures(invoice)).toEqual(['firma: -1 × 149 = -149.00', 'kunde: 1 × 149 = 149.00'])
  })

  test('refers to the newest document, not to the newest revision', () => {
    const [more, most] = [{ firma: [requestsAbove(100)] }, { firma: [requestsAbove(200)] }]
    expect(plan({}, more, most, most, more)?.preceding).toEqual({
      number: '2026-10-r3-byrå',
      issueDate: '2026-11-04',
    })
  })
})

test('after any revisions, invoices less credit notes are what the last one says is to be paid', () => {
  const line = fc.oneof(
    fc.constant(ACCESS),
    fc
      .constantFrom('99', '149.5')
      .map(price => ({ ...ACCESS, unitPriceNok: price, amountNok: new Decimal(price).toFixed(2) })),
    fc
      .tuple(fc.integer({ min: 1, max: 9_999 }), fc.constantFrom('payable' as const, 'proposed' as const))
      .map(([count, status]) => requestsAbove(count, status)),
  )
  const revision = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.array(line, { maxLength: 3 }))
  fc.assert(
    fc.property(fc.array(revision, { minLength: 1, maxLength: 5 }), revisions => {
      const documents = revisions.map((_, index) => plan(...revisions.slice(0, index + 1)))
      const asked = documents.flatMap(document =>
        (document?.lines ?? []).map(each =>
          new Decimal(each.amountNok).times(document?.kind === 'credit_note' ? -1 : 1).toFixed(2),
        ),
      )
      const payable = Object.values(revisions.at(-1) ?? {})
        .flat()
        .filter(each => each.status === 'payable')
      expect(sumAmounts(asked)).toBe(sumAmounts(payable.map(each => each.amountNok)))

      for (const document of documents) {
        if (document === null) continue
        const sum = new Decimal(sumAmounts(document.lines.map(each => each.amountNok)))
        expect(sum.gte(0)).toBe(true)
        for (const { quantity, unitPriceNok, amountNok } of document.lines) {
          const gap = new Decimal(quantity).times(unitPriceNok).minus(amountNok).abs()
          expect(gap.lte('0.01'), 'PEPPOL-EN16931-R120 allows 0.02').toBe(true)
        }
      }
    }),
  )
})
