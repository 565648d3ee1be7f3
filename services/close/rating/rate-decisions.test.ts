import { OUTCOMES } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  activation,
  BYTES,
  client,
  PUBLISHED,
  REQUESTS,
  rate,
  registry,
  use,
} from '../../../test/support/close/registry-values.ts'

const known = registry([client('a'), client('b')], [activation('a', 'shop'), activation('b', 'shop')])
const usage = [use('a', 'shop', REQUESTS + 1000n, BYTES + 1_500_000n), use('b', 'shop', REQUESTS + 15n)]
const AUTOMATIC = { ...PUBLISHED, consumption: { ...PUBLISHED.consumption, overage: 'automatic' as const } }

function overageOf(decisions: Parameters<typeof rate>[3], version = PUBLISHED) {
  return rate(usage, known, version, decisions).statements.map(({ lines, ...statement }) => ({
    lines: lines.slice(1).map(line => `${line.item} ${line.amountNok} ${line.status}`),
    amounts: `${statement.amountNok} = ${statement.payableNok} payable + ${statement.proposedNok} proposed`,
    status: statement.status,
  }))
}

describe('overage after a decision', () => {
  const other = {
    lines: ['overage_requests 0.26 proposed'],
    amounts: '149.26 = 149.00 payable + 0.26 proposed',
    status: 'proposed',
  }

  test('is proposed while there is none', () => {
    expect(overageOf(new Map())).toEqual([
      {
        lines: ['overage_requests 17.00 proposed', 'overage_transfer 0.03 proposed'],
        amounts: '166.03 = 149.00 payable + 17.03 proposed',
        status: 'proposed',
      },
      other,
    ])
  })

  test('is payable when it is to be charged, for that client alone', () => {
    expect(overageOf(new Map([['a', 'charge']]))).toEqual([
      {
        lines: ['overage_requests 17.00 payable', 'overage_transfer 0.03 payable'],
        amounts: '166.03 = 166.03 payable + 0.00 proposed',
        status: 'payable',
      },
      other,
    ])
  })

  test.each(['waived', 'reduced_usage'] as const)('is on the statement but not in its sum: %s', outcome => {
    expect(overageOf(new Map([['a', outcome]]))).toEqual([
      {
        lines: ['overage_requests 17.00 waived', 'overage_transfer 0.03 waived'],
        amounts: '149.00 = 149.00 payable + 0.00 proposed',
        status: 'payable',
      },
      other,
    ])
  })

  test('a decision holds in the mode without a dialogue as well', () => {
    expect(overageOf(new Map([['a', 'waived']]), AUTOMATIC).map(each => each.amounts)).toEqual([
      '149.00 = 149.00 payable + 0.00 proposed',
      '149.26 = 149.26 payable + 0.00 proposed',
    ])
  })

  test('changes the status of overage lines and what follows from it, and nothing else', () => {
    const decisions = fc.dictionary(fc.constantFrom('a', 'b', 'stranger'), fc.constantFrom(...OUTCOMES))
    fc.assert(
      fc.property(decisions, chosen => {
        const decided = new Map(Object.entries(chosen))
        const before = rate(usage, known)
        const after = rate(usage, known, PUBLISHED, decided)
        expect(after.exceptions).toEqual(before.exceptions)
        for (const [index, statement] of after.statements.entries()) {
          const earlier = before.statements[index]
          const outcome = decided.get(statement.clientId)
          const status = outcome === undefined ? 'proposed' : outcome === 'charge' ? 'payable' : 'waived'
          expect(statement.lines).toEqual(
            earlier?.lines.map(line => (line.status === 'proposed' ? { ...line, status } : line)),
          )
          expect(statement.usage).toEqual(earlier?.usage)
        }
      }),
    )
  })
})
