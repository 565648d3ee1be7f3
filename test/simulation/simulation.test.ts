import { expect, test } from 'vitest'
import { runSeed, traceSeed } from './run-seed.ts'

/** A taste of it, in a second or two: simulation.real.test.ts goes through all seeds and mutants. */
const SEEDS = 100

const only = process.env.SIMULATION_SEED
const replayed = only === undefined ? [] : [Number(only)]

test.runIf(only !== undefined).each(replayed)('seed %i, step by step', async seed => {
  const { outcome, lines } = await traceSeed(seed)
  console.log([...lines, JSON.stringify(outcome)].join('\n'))
  expect(outcome.kind).not.toBe('violated')
})

test.runIf(only === undefined)(`every event is counted exactly once in ${SEEDS} seeds`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) await runSeed(seed)
})

test.runIf(only === undefined)('the same seed gives the same run', async () => {
  for (const seed of [1, 2, 3]) expect(await traceSeed(seed)).toEqual(await traceSeed(seed))
})
