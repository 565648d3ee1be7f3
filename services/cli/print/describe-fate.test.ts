import type { CaseMonth, MonthDecision, Outcome } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { expect, test } from 'vitest'
import { describeFate } from './describe-fate.ts'

const above = { included: '500000', used: '501000', above: '1000', amountNok: '17.00' }
const overage = { requests: above, transfer: null }
const none = { requests: null, transfer: null }
const decided = (
  outcome: Outcome,
  proposedNok = '17.00',
  agreedNok: string | null = null,
): MonthDecision => ({
  outcome,
  covered: {
    ...{
      month: '2026-10',
      revision: 1,
      requests: '1000',
      requestsNok: '17.00',
      bytes: '0',
      transferNok: '0.00',
    },
    ...{ proposedNok, agreedNok },
  },
})

test.each<[string, Pick<CaseMonth['evidence'], 'requests' | 'transfer'>, Outcome | null, MonthDecision[]]>([
  ['proposed', overage, null, []],
  ['undecided', none, null, []],
  ['to be charged', overage, 'charge', [decided('charge')]],
  ['waived', overage, 'waived', [decided('waived')]],
  [
    'NOK 1 250.00 of it to be charged, as agreed',
    overage,
    'charge',
    [decided('charge', '2000.00', '1250.00')],
  ],
  ['decided before: to be charged', none, 'charge', [decided('charge')]],
  [
    'decided before: NOK 5.00 of it to be charged, as agreed',
    none,
    'charge',
    [decided('charge', '17.00', '5.00')],
  ],
  ['to be charged, what exceeds that is proposed', overage, null, [decided('charge')]],
  [
    'NOK 17.00 to be charged, NOK 3.00 waived',
    overage,
    'waived',
    [decided('charge'), decided('waived', '3.00')],
  ],
  [
    'NOK 8.50 to be charged, NOK 3.00 waived, reduced usage agreed, what exceeds that is proposed',
    overage,
    null,
    [decided('charge', '17.00', '8.50'), decided('reduced_usage', '3.00')],
  ],
])('the head of a month says what is so: %s', (expected, evidence, outcome, decisions) => {
  expect(describeFate({ evidence, outcome, decisions })).toBe(expected)
})
