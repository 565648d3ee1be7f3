import { expect, test } from 'vitest'
import { addVat } from './add-vat.ts'

test.each([
  ['0.06', '25', { netNok: '0.06', vatNok: '0.02', grossNok: '0.08' }],
  ['152.40', '25', { netNok: '152.40', vatNok: '38.10', grossNok: '190.50' }],
  ['0.10', '25', { netNok: '0.10', vatNok: '0.03', grossNok: '0.13' }],
  [
    '99999999999999.99',
    '25',
    { netNok: '99999999999999.99', vatNok: '25000000000000.00', grossNok: '124999999999999.99' },
  ],
  ['50.00', '15', { netNok: '50.00', vatNok: '7.50', grossNok: '57.50' }],
  ['-50.02', '25', { netNok: '-50.02', vatNok: '-12.51', grossNok: '-62.53' }],
  ['0.00', '25', { netNok: '0.00', vatNok: '0.00', grossNok: '0.00' }],
])('%s at %s %%', (netNok, percent, totals) => {
  expect(addVat(netNok, { category: 'S', percent })).toEqual(totals)
})

test.each([
  { category: 'Z' as const },
  { category: 'E' as const, reason: 'x' },
  { category: 'O' as const, reason: 'x' },
])('nothing of category $category', vat => {
  expect(addVat('149.00', vat)).toEqual({ netNok: '149.00', vatNok: '0.00', grossNok: '149.00' })
})
