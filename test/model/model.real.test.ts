import { describe, expect, test } from 'vitest'
import { checkModel, findSpin, MUTANTS, PROTOCOL, readOutcome } from './check-model.ts'

const obstacle = await findSpin()
const TIMEOUT_MS = 600_000

describe.skipIf(obstacle !== null)('the protocol in every order of events', () => {
  test.each(PROTOCOL)('is exact: $name', { timeout: TIMEOUT_MS }, async check => {
    expect(await checkModel(check)).toMatchObject({ kind: 'holds' })
  })

  test.each(MUTANTS)('is not, and the checker says how: $name', { timeout: TIMEOUT_MS }, async check => {
    expect(await checkModel(check)).toMatchObject({ kind: 'violated' })
  })
})

test('a search that did not end is no proof', () => {
  const ended = 'State-vector 124 byte, depth reached 9, errors: 0\n  1.5e+06 states, stored\n'
  expect(readOutcome(ended)).toEqual({ kind: 'holds', states: 1_500_000 })
  expect(readOutcome(`pan:1: assertion violated (a==b) (at depth 7)\n${ended}`)).toEqual({
    kind: 'violated',
    assertion: 'assertion violated (a==b)',
    depth: 7,
  })
  expect(() => readOutcome('Depth= 9 States= 1e+06')).toThrow('did not finish')
  expect(() => readOutcome(`error: max search depth too small\n${ended}`)).toThrow('did not finish')
})
