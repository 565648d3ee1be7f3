import type { StatementAdjustment } from '@forbruk/schemas/statement/statement.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  activation,
  client,
  decided,
  PUBLISHED,
  REQUESTS,
  rate,
  registry,
  use,
} from '../../../test/support/close/registry-values.ts'
import { explainDifference } from '../revision/explain-difference.ts'
import { mergeAdjustments } from './merge-adjustments.ts'

const anyStage = fc.record({
  above: fc.bigInt(-1n, 900n),
  isCollective: fc.boolean(),
  integrations: fc.subarray(['shop', 'web', 'bi']),
  accessPrice: fc.constantFrom('149', '199'),
  outcome: fc.constantFrom('charge' as const, 'waived' as const, null),
  covers: fc.constantFrom('1', '400'),
})
type Stage = typeof anyStage extends fc.Arbitrary<infer Value> ? Value : never

function rateStage({ above, isCollective, integrations, accessPrice, outcome, covers }: Stage) {
  const clients = [client('a', 'p', isCollective), client('p')]
  const known = registry(
    clients,
    integrations.map(each => activation('a', each)),
    ['p'],
  )
  const version = { ...PUBLISHED, externalAccess: { pricePerMonth: accessPrice } }
  const decisions = new Map(outcome === null ? [] : [['a', decided(outcome, { requests: covers })]])
  return rate([use('a', 'shop', REQUESTS + above)], known, version, decisions).statements
}

/** What a reader is told of each line: the causes are told by revision, and only add up to the same. */
function pickFigures(adjustments: readonly StatementAdjustment[]) {
  return adjustments
    .map(({ causes: _, clientName: __, payerName: ___, ...figures }) => JSON.stringify(figures))
    .toSorted()
}

test('what some revisions change one after the other is what the last changes of the first', () => {
  fc.assert(
    fc.property(fc.array(anyStage, { minLength: 2, maxLength: 5 }), stages => {
      const rated = stages.map(rateStage)
      const change = (from: number, to: number) =>
        explainDifference(rated[from] ?? [], [
          { cause: 'registry', statements: rated[to] ?? [], describe: () => '' },
        ])
      const steps = rated.slice(1).map((_each, index) => change(index, index + 1))
      const whole = change(0, rated.length - 1)
      for (const payerId of ['a', 'p']) {
        const ofPayer = (some: readonly StatementAdjustment[]) =>
          some.filter(each => each.payerId === payerId)
        const merged = mergeAdjustments(ofPayer(steps.flat()))
        expect(pickFigures(merged)).toEqual(pickFigures(ofPayer(whole)))
        for (const { causes, payableNok } of merged)
          expect(causes.map(each => each.payableNok)).toEqual([payableNok])
      }
    }),
    { numRuns: 500 },
  )
})
