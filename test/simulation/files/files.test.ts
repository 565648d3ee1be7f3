import { describe, expect, test } from 'vitest'
import { MUTANTS } from './mutants.ts'
import type { Outcome } from './outcome.ts'
import { simulateFiles } from './simulate-files.ts'

const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 2_000)
const TIMEOUT_MS = 20 * 60_000

const only = process.env.SIMULATION_SEED
const replayed = only === undefined ? [] : [Number(only)]

test.runIf(only !== undefined).each(replayed)('seed %i, step by step', async seed => {
  const { outcome, lines } = await traced(seed)
  console.log([...lines, JSON.stringify(outcome)].join('\n'))
  expect(outcome.kind).not.toBe('violated')
})

describe.runIf(only === undefined)('what is written is shipped, or the marks are held back', () => {
  test(
    `in ${SEEDS} seeds of rotation, copies, compression, deletion, half lines and crashes of either side`,
    async () => {
      const kinds = new Map<string, number>()
      for (let seed = 1; seed <= SEEDS; seed++) {
        const outcome = await simulateFiles(seed)
        if (outcome.kind === 'violated') {
          const { lines } = await traced(seed)
          expect.fail(`seed ${seed}: ${outcome.reason}\nReplay: SIMULATION_SEED=${seed}\n${lines.join('\n')}`)
        }
        const kind =
          outcome.kind === 'settled'
            ? `settled: ${[...new Set(outcome.reasons)].sort().join(', ')}`
            : outcome.kind
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      }
      // Runs must mostly come to the end, or they would show little.
      expect(kinds.get('complete')).toBeGreaterThan(SEEDS * 0.5)
      console.log(Object.fromEntries(kinds))
    },
    TIMEOUT_MS,
  )

  test.each([
    [1512, 'a line was sent before a kill, and the compressed copy ends in half of it'],
    [288, 'a copy of the log is taken in mid-line, and read before the log'],
    [466, 'a line was sent before a kill, and two later runs read a plain copy that ends in half of it'],
    [1765, 'half a line is all of a file and of its compressed copy'],
    [175, 'a copy that was taken in mid-line is looked at before each turn of the log'],
    [1906, 'a copy that was taken in mid-line is left to a log that has another name'],
    [4842, 'half a line ends a file and what it was compressed to'],
    [21348, 'a file is gone, and one that begins like it was compressed'],
    [29866, 'two compressed files begin like an unread one'],
    [35446, 'a file is gone, and another one that begins like it has its number'],
    [46240, 'half a line ends the copy of a log that was truncated'],
    [47067, 'a log begins like one whose number it has, and that was compressed'],
    [48908, 'a file is gone, and an earlier copy of it is there'],
    [53696, 'a name goes to another file between listing and opening'],
    [61938, 'a file that was told of is deleted, and a copy has its name'],
    [89722, 'a copy that ends in mid-line is found before the log is begun'],
    [90176, 'a copy that ends in mid-line lies beside a longer one'],
  ])('in seed %i, where %s', async seed => {
    expect((await simulateFiles(seed)).kind).not.toBe('violated')
  })

  test('the same seed gives the same run', async () => {
    // In the last one a batch is sent once more while a compressed file is being read.
    for (const seed of [1, 2, 3, 30_973]) expect(await traced(seed)).toEqual(await traced(seed))
  })
})

describe.runIf(only === undefined)('the simulation finds it when', () => {
  const SEEDS_OF_MUTANT_MAX = 5_000

  test.each(Object.entries(MUTANTS))(
    '%s',
    async (_name, mutation) => {
      for (let seed = 1; seed <= SEEDS_OF_MUTANT_MAX; seed++) {
        if ((await simulateFiles(seed, mutation)).kind === 'violated') return
      }
      expect.fail(`not found within ${SEEDS_OF_MUTANT_MAX} seeds`)
    },
    TIMEOUT_MS,
  )
})

async function traced(seed: number): Promise<{ outcome: Outcome; lines: readonly string[] }> {
  const lines: string[] = []
  const outcome = await simulateFiles(seed, {}, line => lines.push(line))
  return { outcome, lines }
}
