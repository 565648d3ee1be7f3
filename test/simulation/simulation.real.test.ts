import { describe, expect, test } from 'vitest'
import { MUTANTS, mutate } from './mutants.ts'
import { runSeed } from './run-seed.ts'
import { type Outcome, simulate } from './simulate.ts'

const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 5_000)
const SEEDS_OF_MUTANT_MAX = 20_000
const TIMEOUT_MS = 20 * 60_000

test(
  `every event is counted exactly once in ${SEEDS} seeds of crashes, zombies, lost answers, outages, rebalances, ` +
    'power losses, retention and upgrades',
  async () => {
    const kinds = new Map<Outcome['kind'], number>()
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { kind } = await runSeed(seed)
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    }
    // Runs must mostly come to the end, or they would show little.
    expect(kinds.get('counted')).toBeGreaterThan(SEEDS * 0.5)
    console.log(Object.fromEntries(kinds))
  },
  TIMEOUT_MS,
)

describe('the simulation finds it when', () => {
  test.each(Object.entries(MUTANTS))(
    '%s',
    async (_name, mutant) => {
      for (let seed = 1; seed <= SEEDS_OF_MUTANT_MAX; seed++) {
        if ((await simulate(seed, mutate(mutant))).kind === 'violated') return
      }
      expect.fail(`not found within ${SEEDS_OF_MUTANT_MAX} seeds`)
    },
    TIMEOUT_MS,
  )
})
