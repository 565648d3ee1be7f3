import { describe, expect, test } from 'vitest'
import { type Outcome, simulateInstances } from './simulate-instances.ts'
import type { Mutation } from './vouched-log.ts'

const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 500)
const SEEDS_OF_MUTANT_MAX = 5_000
const TIMEOUT_MS = 20 * 60_000

const only = process.env.SIMULATION_SEED
const replayed = only === undefined ? [] : [Number(only)]

test.runIf(only !== undefined).each(replayed)('seed %i, step by step', async seed => {
  const { outcome, lines } = await traced(seed)
  console.log([...lines, JSON.stringify(outcome)].join('\n'))
  expect(outcome.kind).not.toBe('violated')
})

describe.runIf(only === undefined)(
  'no month is closed before every line is in that any shipper had to send',
  () => {
    test(
      `in ${SEEDS} seeds of several under one name, lost and copied progress, upgrades and hosts that go for good`,
      async () => {
        const kinds = { complete: 0, settled: 0 }
        for (let seed = 1; seed <= SEEDS; seed++) {
          const outcome = await simulateInstances(seed)
          if (outcome.kind === 'violated') {
            const { lines } = await traced(seed)
            expect.fail(
              `seed ${seed}: ${outcome.reason}\nReplay: SIMULATION_SEED=${seed}\n${lines.join('\n')}`,
            )
          }
          kinds[outcome.kind] += 1
        }
        // Both must be common, or the runs would show little.
        expect(Math.min(kinds.complete, kinds.settled)).toBeGreaterThan(SEEDS * 0.1)
      },
      TIMEOUT_MS,
    )

    test('the same seed gives the same run', async () => {
      for (const seed of [1, 2, 3]) expect(await traced(seed)).toEqual(await traced(seed))
    })
  },
)

/** The right thing with one piece replaced by a wrong one: the simulation must tell each from it. */
const MUTANTS: Readonly<Record<string, Mutation>> = {
  'ids are ignored: all marks of a source are one voucher': { mark: ({ instance: _, ...mark }) => mark },
  'a new id takes the place of those before': { heard: heard => heard.slice(-1) },
  'whoever has vouched for least is left out': {
    heard: heard =>
      heard.length < 2 ? heard : heard.toSorted((a, b) => b.throughMs - a.throughMs).slice(0, -1),
  },
  'a shipper gives no mark before its first line': { mark: mark => (mark.file === '' ? null : mark) },
  'a progress that was begun anew is taken for one that was upgraded': {
    mark: mark =>
      mark.instance === undefined ? mark : { ...mark, instance: { ...mark.instance, wasUnnamed: true } },
  },
  'one that was upgraded never speaks for what it said without an id': {
    mark: mark =>
      mark.instance === undefined ? mark : { ...mark, instance: { ...mark.instance, wasUnnamed: false } },
    settled: settled => ({ ...settled, sequence: -1 }),
  },
  'a copy of the progress is not noticed': { heard: heard => heard.map(each => ({ ...each, copies: 0 })) },
  'one that was retired stays so, though it is heard again': {
    settled: settled => ({ ...settled, sequence: Number.MAX_SAFE_INTEGER }),
  },
  'a word on one that is gone settles nothing': { settled: settled => ({ ...settled, sequence: 0 }) },
}

describe.runIf(only === undefined)('the simulation finds it when', () => {
  test.each(Object.entries(MUTANTS))(
    '%s',
    async (_name, mutation) => {
      for (let seed = 1; seed <= SEEDS_OF_MUTANT_MAX; seed++) {
        if ((await simulateInstances(seed, mutation)).kind === 'violated') return
      }
      expect.fail(`not found within ${SEEDS_OF_MUTANT_MAX} seeds`)
    },
    TIMEOUT_MS,
  )
})

async function traced(seed: number): Promise<{ outcome: Outcome; lines: readonly string[] }> {
  const lines: string[] = []
  const outcome = await simulateInstances(seed, {}, line => lines.push(line))
  return { outcome, lines }
}
