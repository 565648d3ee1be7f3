import { describe, expect, test } from 'vitest'
import { MUTANTS, mutate } from './mutants.ts'
import { type Outcome, simulate } from './simulate.ts'

const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 10_000)
const TIMEOUT_MS = 20 * 60_000

const only = process.env.SIMULATION_SEED
const replayed = only === undefined ? [] : [Number(only)]

test.runIf(only !== undefined).each(replayed)('seed %i, step by step', async seed => {
  const { outcome, lines } = await traced(seed)
  console.log([...lines, JSON.stringify(outcome)].join('\n'))
  expect(outcome.kind).not.toBe('violated')
})

describe.runIf(only === undefined)('every event is counted exactly once', () => {
  test(
    `in ${SEEDS} seeds of crashes, zombies, lost answers, outages, rebalances, power losses, retention and upgrades`,
    async () => {
      const kinds = new Map<Outcome['kind'], number>()
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { kind } = await expectHeld(seed)
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      }
      // Runs must mostly come to the end, or they would show little.
      expect(kinds.get('counted')).toBeGreaterThan(SEEDS * 0.5)
      console.log(Object.fromEntries(kinds))
    },
    TIMEOUT_MS,
  )

  test('the same seed gives the same run', async () => {
    for (const seed of [1, 2, 3]) expect(await traced(seed)).toEqual(await traced(seed))
  })
})

describe.runIf(only === undefined)('the simulation finds it when', () => {
  const SEEDS_OF_MUTANT_MAX = 6_000

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

async function expectHeld(seed: number): Promise<Outcome> {
  const outcome = await simulate(seed)
  if (outcome.kind !== 'violated') return outcome
  const { lines } = await traced(seed)
  return expect.fail(
    `seed ${seed}, step ${outcome.steps}: ${outcome.reason}\nReplay: SIMULATION_SEED=${seed}\n${lines.join('\n')}`,
  )
}

async function traced(seed: number) {
  const lines: string[] = []
  const outcome = await simulate(seed, undefined, line => lines.push(line))
  return { outcome, lines }
}
