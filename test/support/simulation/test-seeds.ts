import { describe, expect, test } from 'vitest'

const TIMEOUT_MS = 20 * 60_000

/** One run, from its seed alone; a mutation replaces a piece of what is simulated by a wrong one. */
type Simulate<Mutation> = (
  seed: number,
  mutation?: Mutation,
  trace?: (line: string) => void,
) => Promise<{ readonly kind: string; readonly reason?: string }>

/** How many seeds came to each end. */
type Kinds = ReadonlyMap<string, number>

const only = process.env.SIMULATION_SEED
const replayed = only === undefined ? [] : [Number(only)]

/** With SIMULATION_SEED only that seed runs, and each of its steps is printed. */
export function testReplay<Mutation>(simulate: Simulate<Mutation>): void {
  test.runIf(only !== undefined).each(replayed)('seed %i, step by step', async seed => {
    const { outcome, lines } = await traceSeed(simulate, seed)
    console.log([...lines, JSON.stringify(outcome)].join('\n'))
    expect(outcome.kind).not.toBe('violated')
  })

  test.runIf(only === undefined)('the same seed gives the same run', async () => {
    for (const seed of [1, 2, 3]) {
      expect(await traceSeed(simulate, seed)).toEqual(await traceSeed(simulate, seed))
    }
  })
}

/** @param judge whether enough of them came to the ends that show something */
export function testSeeds<Mutation>(
  name: string,
  simulate: Simulate<Mutation>,
  seeds: number,
  judge: (kinds: Kinds) => void = () => undefined,
): void {
  test.runIf(only === undefined)(
    name,
    async () => {
      const kinds = new Map<string, number>()
      for (let seed = 1; seed <= seeds; seed++) {
        const { kind } = await simulate(seed)
        if (kind === 'violated') expect.fail(await describeViolation(simulate, seed))
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      }
      judge(kinds)
    },
    TIMEOUT_MS,
  )
}

export function testMutants<Mutation>(
  simulate: Simulate<Mutation>,
  mutants: Readonly<Record<string, Mutation>>,
  seedsMax: number,
): void {
  describe.runIf(only === undefined)('the simulation finds it when', () => {
    test.each(Object.entries(mutants))(
      '%s',
      async (_name, mutation) => {
        for (let seed = 1; seed <= seedsMax; seed++) {
          if ((await simulate(seed, mutation)).kind === 'violated') return
        }
        expect.fail(`not found within ${seedsMax} seeds`)
      },
      TIMEOUT_MS,
    )
  })
}

async function describeViolation<Mutation>(simulate: Simulate<Mutation>, seed: number): Promise<string> {
  const { outcome, lines } = await traceSeed(simulate, seed)
  const replay = `SIMULATION_SEED=${seed} npm run test:unit -- simulation`
  return [`seed ${seed}: ${outcome.reason}`, `Replay: ${replay}`, ...lines].join('\n')
}

async function traceSeed<Mutation>(simulate: Simulate<Mutation>, seed: number) {
  const lines: string[] = []
  const outcome = await simulate(seed, undefined, line => lines.push(line))
  return { outcome, lines }
}
