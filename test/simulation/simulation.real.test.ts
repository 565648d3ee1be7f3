import { expect } from 'vitest'
import { testMutants, testSeeds } from '../support/simulation/test-seeds.ts'
import { MUTANTS } from './mutants.ts'
import { simulate } from './simulate.ts'

const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 5_000)
const SEEDS_OF_MUTANT_MAX = 20_000

testSeeds(
  `every event is counted exactly once in ${SEEDS} seeds of crashes, zombies, lost answers, outages, rebalances, ` +
    'power losses, retention and upgrades',
  simulate,
  SEEDS,
  kinds => {
    // Runs must mostly come to the end, or they would show little.
    expect(kinds.get('counted')).toBeGreaterThan(SEEDS * 0.5)
    console.log(Object.fromEntries(kinds))
  },
)

testMutants(simulate, MUTANTS, SEEDS_OF_MUTANT_MAX)
