import { expect, test } from 'vitest'
import type { InvoiceLine } from './invoice.ts'
import { totalInvoice } from './total-invoice.ts'

function linesOf(...amounts: string[]): InvoiceLine[] {
  return amounts.map(amountNok => ({
    clientId: 'a',
    clientName: 'A',
    item: 'access_external',
    detail: '',
    quantity: '1',
    unit: 'month',
    unitPriceNok: amountNok.replace('-', ''),
    amountNok,
  }))
}

test.each([
  // Of the sum: line by line it would be 0.01 + 0.01 + 0.01.
  [['0.02', '0.02', '0.02'], '25', { netNok: '0.06', vatNok: '0.02', grossNok: '0.08' }],
  [['149.00', '3.40'], '25', { netNok: '152.40', vatNok: '38.10', grossNok: '190.50' }],
  [['0.10'], '25', { netNok: '0.10', vatNok: '0.03', grossNok: '0.13' }],
  [
    ['99999999999999.99'],
    '25',
    { netNok: '99999999999999.99', vatNok: '25000000000000.00', grossNok: '124999999999999.99' },
  ],
  [['-149.00', '199.00'], '15', { netNok: '50.00', vatNok: '7.50', grossNok: '57.50' }],
  [['-149.00', '149.00'], '25', { netNok: '0.00', vatNok: '0.00', grossNok: '0.00' }],
])('%j at %s %%', (amounts, percent, totals) => {
  expect(totalInvoice(linesOf(...amounts), { category: 'S', percent })).toEqual(totals)
})

test.each([
  { category: 'Z' as const },
  { category: 'E' as const, reason: 'x' },
  { category: 'O' as const, reason: 'x' },
])('nothing of category $category', vat => {
  expect(totalInvoice(linesOf('149.00'), vat)).toEqual({
    netNok: '149.00',
    vatNok: '0.00',
    grossNok: '149.00',
  })
})
