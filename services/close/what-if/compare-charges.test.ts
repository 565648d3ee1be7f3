import { expect, test } from 'vitest'
import { compareCharges, sumCharges } from './compare-charges.ts'

const charged = (clientId: string, payableNok: string, proposedNok = '0.00') => ({
  ...{ clientId, clientName: clientId.toUpperCase(), payerId: clientId, payableNok, proposedNok },
})

test('clients are told by the size of what would change, whoever has a statement of one side alone', () => {
  const before = [charged('a', '149.00', '0.10'), charged('b', '10.00'), charged('gone', '5.00')]
  const after = [charged('a', '149.00', '0.30'), charged('b', '3.00'), charged('new', '5.00')]
  const all = compareCharges(before, after)
  expect(all.map(({ clientId, differenceNok }) => [clientId, differenceNok])).toEqual([
    ['b', '-7.00'],
    ['gone', '-5.00'],
    ['new', '5.00'],
    ['a', '0.20'],
  ])
  expect(all.at(-1)).toMatchObject({
    charged: { payableNok: '149.00', proposedNok: '0.10' },
    draft: { payableNok: '149.00', proposedNok: '0.30' },
  })
  expect(sumCharges(all, 'charged')).toEqual({ payableNok: '164.00', proposedNok: '0.10' })
  expect(sumCharges(all, 'draft')).toEqual({ payableNok: '157.00', proposedNok: '0.30' })
})
