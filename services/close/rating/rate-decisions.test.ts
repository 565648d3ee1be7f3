import { OUTCOMES, type Outcome } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  activation,
  BYTES,
  client,
  decided,
  PUBLISHED,
  REQUESTS,
  rate,
  registry,
  use,
} from '../../../test/support/close/registry-values.ts'
import { sumAmounts } from './price-lines.ts'
import { type Decided, priceOverage } from './price-overage.ts'
import type { Decisions } from './rate.ts'

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

function decideAll(chosen: Record<string, Outcome>): Decisions {
  return new Map(Object.entries(chosen).map(([clientId, outcome]) => [clientId, decided(outcome)]))
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
    expect(overageOf(new Map([['a', decided('charge')]]))).toEqual([
      {
        lines: ['overage_requests 17.00 payable', 'overage_transfer 0.03 payable'],
        amounts: '166.03 = 166.03 payable + 0.00 proposed',
        status: 'payable',
      },
      other,
    ])
  })

  test.each(['waived', 'reduced_usage'] as const)('is on the statement but not in its sum: %s', outcome => {
    expect(overageOf(new Map([['a', decided(outcome)]]))).toEqual([
      {
        lines: ['overage_requests 17.00 waived', 'overage_transfer 0.03 waived'],
        amounts: '149.00 = 149.00 payable + 0.00 proposed',
        status: 'payable',
      },
      other,
    ])
  })

  test('a decision holds in the mode without a dialogue as well', () => {
    expect(overageOf(new Map([['a', decided('waived')]]), AUTOMATIC).map(each => each.amounts)).toEqual([
      '149.00 = 149.00 payable + 0.00 proposed',
      '149.26 = 149.26 payable + 0.00 proposed',
    ])
  })

  test('changes the status of overage lines and what follows from it, and nothing else', () => {
    const decisions = fc.dictionary(fc.constantFrom('a', 'b', 'stranger'), fc.constantFrom(...OUTCOMES))
    fc.assert(
      fc.property(decisions, chosen => {
        const outcomes = new Map(Object.entries(chosen))
        const before = rate(usage, known)
        const after = rate(usage, known, PUBLISHED, decideAll(chosen))
        expect(after.exceptions).toEqual(before.exceptions)
        for (const [index, statement] of after.statements.entries()) {
          const earlier = before.statements[index]
          const outcome = outcomes.get(statement.clientId)
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

describe('what a decision does not cover', () => {
  const bounds = { requests: '2', requestsNok: '0.03', bytes: '0', transferNok: '0.00' }
  const linesOf = (requestsAbove: bigint, decisions: readonly Decided[], version = PUBLISHED) => {
    const { statements } = rate(
      [use('a', 'shop', REQUESTS + requestsAbove)],
      known,
      version,
      new Map([['a', decisions]]),
    )
    const statement = statements.find(each => each.clientId === 'a')
    return statement?.lines.slice(1).map(line => `${line.quantity} for ${line.amountNok} ${line.status}`)
  }

  test.each([
    ['charge', 'payable'],
    ['waived', 'waived'],
  ] as const)('is proposed: %s', (outcome, status) => {
    expect(linesOf(2n, decided(outcome, bounds))).toEqual([`2 for 0.03 ${status}`])
    expect(linesOf(20_002n, decided(outcome, bounds))).toEqual([
      `2 for 0.03 ${status}`,
      '20000 for 340.00 proposed',
    ])
    expect(linesOf(1n, decided(outcome, bounds))).toEqual([`1 for 0.02 ${status}`])
    expect(linesOf(0n, decided(outcome, bounds))).toEqual([])
  })

  test('is decided by the next decision, and what is alike is one line', () => {
    const later = { ...bounds, requests: '20002', requestsNok: '340.03' }
    expect(linesOf(20_002n, [...decided('waived', bounds), ...decided('charge', later)])).toEqual([
      '2 for 0.03 waived',
      '20000 for 340.00 payable',
    ])
    expect(linesOf(20_002n, [...decided('charge', bounds), ...decided('charge', later)])).toEqual([
      '20002 for 340.03 payable',
    ])
  })

  test('at a higher price is what goes beyond the amount', () => {
    const dearer = { ...PUBLISHED, consumption: { ...PUBLISHED.consumption, pricePerRequest: '0.034' } }
    expect(linesOf(2n, decided('charge', bounds), dearer)).toEqual([
      '1 for 0.03 payable',
      '1 for 0.04 proposed',
    ])
  })

  test('is of the other measure as well', () => {
    const decisions = new Map([
      ['a', decided('charge', { ...bounds, requests: '1000', requestsNok: '17.00' })],
    ])
    expect(overageOf(decisions)[0]).toEqual({
      lines: ['overage_requests 17.00 payable', 'overage_transfer 0.03 proposed'],
      amounts: '166.03 = 166.00 payable + 0.03 proposed',
      status: 'proposed',
    })
  })

  test('an agreed amount is of both measures, at most what is there, and what exceeds it is proposed', () => {
    const agreed = (agreedNok: string) => new Map([['a', decided('charge', { agreedNok })]])
    expect(overageOf(agreed('10.00'))[0]).toEqual({
      lines: ['overage_requests 9.98 payable', 'overage_transfer 0.02 payable'],
      amounts: '159.00 = 159.00 payable + 0.00 proposed',
      status: 'payable',
    })
    expect(overageOf(agreed('20.00'))[0]?.amounts).toBe('166.03 = 166.03 payable + 0.00 proposed')
    const first = decided('charge', { ...bounds, agreedNok: '0.01' })
    expect(linesOf(20_002n, first)).toEqual(['2 for 0.01 payable', '20000 for 340.00 proposed'])
    expect(linesOf(20_002n, [...first, ...decided('charge')])).toEqual([
      '2 for 0.01 payable',
      '20000 for 340.00 payable',
    ])
  })

  const count = fc.bigInt(0n, 50_000n)
  const price = fc.constantFrom('0.017', '0.02', '0.0049', '3.5', '0')
  const anyDecided = fc.record({
    outcome: fc.constantFrom(...OUTCOMES),
    requests: count,
    ore: fc.bigInt(0n, 90_000n),
  })
  test('never more is payable by a decision than was seen, and the parts come to the whole to the øre', () => {
    fc.assert(
      fc.property(count, price, fc.array(anyDecided, { maxLength: 3 }), (above, pricePerRequest, chosen) => {
        const version = { ...PUBLISHED, consumption: { ...PUBLISHED.consumption, pricePerRequest } }
        const decisions = chosen.flatMap(each =>
          decided(each.outcome, {
            ...bounds,
            requests: `${each.requests}`,
            requestsNok: `${each.ore / 100n}.${`${each.ore % 100n}`.padStart(2, '0')}`,
          }),
        )
        const whole = priceOverage(version, REQUESTS + above, 0n, [])
        const parts = priceOverage(version, REQUESTS + above, 0n, decisions)
        expect(sumAmounts(parts.map(line => line.amountNok))).toBe(
          sumAmounts(whole.map(line => line.amountNok)),
        )
        expect(parts.reduce((sum, line) => sum + BigInt(line.quantity), 0n)).toBe(above)
        const seen = chosen.reduce((most, { ore }) => (ore > most ? ore : most), 0n)
        const settled = sumAmounts(
          parts.filter(line => line.status !== 'proposed').map(line => line.amountNok),
        )
        expect(BigInt(settled.replace('.', ''))).toBeLessThanOrEqual(seen)
      }),
    )
  })
})
