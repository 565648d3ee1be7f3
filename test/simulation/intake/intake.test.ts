import { describe, expect, test } from 'vitest'
import { MUTANTS } from './mutants.ts'
import { type Outcome, simulateIntake } from './simulate-intake.ts'

const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 1_000)
const TIMEOUT_MS = 20 * 60_000

const only = process.env.SIMULATION_SEED
const replayed = only === undefined ? [] : [Number(only)]

test.runIf(only !== undefined).each(replayed)('seed %i, step by step', async seed => {
  const { outcome, lines } = await traced(seed)
  console.log([...lines, JSON.stringify(outcome)].join('\n'))
  expect(outcome.kind).not.toBe('violated')
})

describe.runIf(only === undefined)('each line of the topic is counted once, or told as missing', () => {
  test(
    `in ${SEEDS} seeds of crashes, lost answers, several intakes at once, new formats and retention`,
    async () => {
      const kinds = new Map<string, number>()
      for (let seed = 1; seed <= SEEDS; seed++) {
        const outcome = await simulateIntake(seed)
        if (outcome.kind === 'violated') {
          const { lines } = await traced(seed)
          expect.fail(`seed ${seed}: ${outcome.reason}\nReplay: SIMULATION_SEED=${seed}\n${lines.join('\n')}`)
        }
        kinds.set(outcome.kind, (kinds.get(outcome.kind) ?? 0) + 1)
      }
      expect(kinds.get('complete')).toBeGreaterThan(SEEDS * 0.3)
      expect(kinds.get('lossy')).toBeGreaterThan(SEEDS * 0.02)
    },
    TIMEOUT_MS,
  )

  test('the same seed gives the same run', async () => {
    for (const seed of [1, 2, 3]) expect(await traced(seed)).toEqual(await traced(seed))
  })
})

describe.runIf(only === undefined)('the simulation finds it when', () => {
  const SEEDS_OF_MUTANT_MAX = 2_000

  test.each(Object.entries(MUTANTS))(
    '%s',
    async (_name, mutation) => {
      for (let seed = 1; seed <= SEEDS_OF_MUTANT_MAX; seed++) {
        if ((await simulateIntake(seed, mutation)).kind === 'violated') return
      }
      expect.fail(`not found within ${SEEDS_OF_MUTANT_MAX} seeds`)
    },
    TIMEOUT_MS,
  )
})

async function traced(seed: number): Promise<{ outcome: Outcome; lines: readonly string[] }> {
  const lines: string[] = []
  const outcome = await simulateIntake(seed, {}, line => lines.push(line))
  return { outcome, lines }
}
