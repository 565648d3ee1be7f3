import { describe, expect, test } from 'vitest'
import { MUTANTS, mutate } from './mutants.ts'
import { type Outcome, simulate } from './simulate.ts'

const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 10_000)
const TIMEOUT_MS = 20 * 60_000

/** Seeds in which the aggregator failed before a fault was mended. */
const MENDED: readonly (readonly [seed: number, fault: string])[] = [
  [3, 'caught up, by the ledger, while rows that a power loss took were not there yet'],
  [4, 'source rows that a power loss took were not missed, and lines shipped again were counted'],
  [45, 'a crash before the first ledger row, then retention: two starts of one partition'],
  [68, 'an error that followed from another was reported in its place'],
  [187, 'a flush that was refused was reported as the one after it, without the reason'],
  [271, 'rows of a topic made anew were written over the counted ones before it was recognised'],
  [414, 'records that another process had just counted were taken for a log that ends too early'],
  [808, 'request ids from before the fold were remembered over newer ones when records came again'],
  [103_603, 'a process that was held up stored a start newer than the one that was counted from'],
]

const only = process.env.SIMULATION_SEED
const replayed = only === undefined ? [] : [Number(only)]

test.runIf(only !== undefined).each(replayed)('seed %i, step by step', async seed => {
  const { outcome, lines } = await traced(seed)
  console.log([...lines, JSON.stringify(outcome)].join('\n'))
  expect(outcome.kind).not.toBe('violated')
})

describe.runIf(only === undefined)('every event is counted exactly once', () => {
  test.each(MENDED)('in seed %i: %s', async seed => {
    await expectHeld(seed)
  })

  test(
    `in ${SEEDS} seeds of crashes, zombies, lost answers, outages, rebalances, power losses and retention`,
    async () => {
      const kinds = new Map<Outcome['kind'], number>()
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { kind } = await expectHeld(seed)
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      }
      // Runs must mostly come to the end, or they would show little.
      expect(kinds.get('counted')).toBeGreaterThan(SEEDS * 0.5)
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
