import type { Outcome } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { Statement, StatementAdjustment } from '@forbruk/schemas/statement/statement.ts'
import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  activation,
  BYTES,
  client,
  decided,
  OCTOBER,
  PUBLISHED,
  REQUESTS,
  registry,
  use,
} from '../../../test/support/close/registry-values.ts'
import { rateMonth } from '../rating/rate.ts'
import { explainDifference } from './explain-difference.ts'

const CLIENTS = ['a', 'b', 'p']
const amount = fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(REQUESTS - 2n, REQUESTS + 900n))
const bytes = fc.oneof(fc.constant(0n), fc.bigInt(BYTES - 2n, BYTES + 9_000_000n))
const anyUsage = fc
  .array(
    fc.record({
      clientId: fc.constantFrom(...CLIENTS),
      integrationId: fc.constantFrom('shop', 'web'),
      amount,
      bytes,
    }),
  )
  .map(uses => uses.map(each => use(each.clientId, each.integrationId, each.amount, each.bytes)))
const anyRegistry = fc
  .record({ collective: fc.boolean(), hasPartner: fc.boolean(), active: fc.subarray(['shop', 'web', 'bi']) })
  .map(({ collective, hasPartner, active }) =>
    registry(
      [client('a', hasPartner ? 'p' : null, hasPartner && collective), client('b'), client('p')],
      CLIENTS.flatMap(id => active.map(integration => activation(id, integration))),
      ['p'],
    ),
  )
const anyVersion = fc
  .record({
    overage: fc.constantFrom('dialogue' as const, 'automatic' as const),
    pricePerRequest: fc.constantFrom('0.017', '0.02'),
  })
  .map(changes => ({ ...PUBLISHED, consumption: { ...PUBLISHED.consumption, ...changes } }))
const anyDecisions = fc
  .dictionary(
    fc.constantFrom(...CLIENTS),
    fc.array(
      fc.record({
        outcome: fc.constantFrom<Outcome>('charge', 'waived', 'reduced_usage'),
        requests: fc.constantFrom('0', '1', '400', '900'),
        requestsNok: fc.constantFrom('0.00', '0.02', '8.00', '99.00'),
        bytes: fc.constantFrom('0', '5000000', '9000000'),
        agreedNok: fc.constantFrom(null, '0.01', '7.00'),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  )
  .map(decisions =>
    Object.entries(decisions).map(
      ([clientId, ofClient]) =>
        [clientId, ofClient.flatMap(({ outcome, ...bounds }) => decided(outcome, bounds))] as const,
    ),
  )
  .map(entries => new Map(entries))
const anyInputs = fc.tuple(anyUsage, anyRegistry, anyVersion, anyDecisions)
type Inputs = typeof anyInputs extends fc.Arbitrary<infer Values> ? Values : never

function sum(amounts: readonly string[]): string {
  return amounts.reduce((total, each) => total.plus(each), new Decimal(0)).toFixed(2)
}

function byPayer<Row extends { payerId: string }>(rows: readonly Row[], amountOf: (row: Row) => string) {
  const payers = Map.groupBy(rows, row => row.payerId)
  return (payerId: string) => sum((payers.get(payerId) ?? []).map(amountOf))
}

function explain(before: Inputs, after: Inputs) {
  const rate = (...[usage, known, version, decisions]: Inputs) =>
    rateMonth(usage, known, version, OCTOBER, decisions).statements
  const describe = () => 'what changed'
  const first = rate(...before)
  const last = rate(...after)
  const adjustments = explainDifference(first, [
    { cause: 'usage', statements: rate(after[0], before[1], before[2], before[3]), describe: () => '' },
    { cause: 'registry', statements: rate(after[0], after[1], before[2], before[3]), describe },
    { cause: 'tariff', statements: rate(after[0], after[1], after[2], before[3]), describe },
    { cause: 'decision', statements: last, describe },
  ])
  return { first, last, adjustments }
}

test('each payer’s old amounts and its adjustments are its new amounts, payable or not', () => {
  fc.assert(
    fc.property(anyInputs, anyInputs, (before, after) => {
      const { first, last, adjustments } = explain(before, after)
      for (const [ofStatement, ofAdjustment] of [
        [(each: Statement) => each.amountNok, (each: StatementAdjustment) => each.adjustmentNok],
        [(each: Statement) => each.payableNok, (each: StatementAdjustment) => each.payableNok],
      ] as const) {
        const [old, now, adjusted] = [
          byPayer(first, ofStatement),
          byPayer(last, ofStatement),
          byPayer(adjustments, ofAdjustment),
        ]
        for (const payerId of CLIENTS) expect(sum([old(payerId), adjusted(payerId)])).toBe(now(payerId))
      }
    }),
  )
})

test('each adjustment has its causes, which add up to it', () => {
  fc.assert(
    fc.property(anyInputs, anyInputs, (before, after) => {
      for (const adjustment of explain(before, after).adjustments) {
        expect(adjustment.causes.length).toBeGreaterThan(0)
        expect(adjustment.causes.every(({ detail }) => detail !== '')).toBe(true)
        expect(sum(adjustment.causes.map(cause => cause.amountNok))).toBe(adjustment.adjustmentNok)
        expect(sum(adjustment.causes.map(cause => cause.payableNok))).toBe(adjustment.payableNok)
        expect(adjustment.causes.map(({ cause }) => cause)).not.toContain('rules')
      }
    }),
  )
})

test('the same inputs make no adjustment, and an input that stayed is no cause', () => {
  fc.assert(
    fc.property(anyInputs, anyUsage, (inputs, usage) => {
      expect(explain(inputs, inputs).adjustments).toEqual([])
      const [, ...others] = inputs
      const causes = explain(inputs, [usage, ...others]).adjustments.flatMap(each => each.causes)
      expect(causes.every(({ cause }) => cause === 'usage')).toBe(true)
    }),
  )
})

test('with the same inputs but another outcome, the rules are the cause', () => {
  const known = registry([client('b')], [activation('b', 'shop')])
  const [before] = rateMonth([use('b', 'shop', 5n)], known, PUBLISHED, OCTOBER).statements
  if (before === undefined) throw new Error('b has a statement')
  const otherwise = { ...before, lines: before.lines.map(line => ({ ...line, amountNok: '150.00' })) }
  const [adjustment] = explainDifference(
    [before],
    [{ cause: 'usage', statements: [otherwise], describe: () => '' }],
  )
  expect(adjustment).toMatchObject({
    adjustmentNok: '1.00',
    causes: [{ cause: 'rules', amountNok: '1.00' }],
  })
})
