import { type Outcome, simulate } from './simulate.ts'

/** The seed's run; where it is violated, an error that holds every step of it and the command that runs it again. */
export async function runSeed(seed: number): Promise<Outcome> {
  const outcome = await simulate(seed)
  if (outcome.kind !== 'violated') return outcome
  const { lines } = await traceSeed(seed)
  throw new Error(
    `seed ${seed}, step ${outcome.steps}: ${outcome.reason}\n` +
      `Replay: SIMULATION_SEED=${seed} npm run test:unit -- simulation\n${lines.join('\n')}`,
  )
}

export async function traceSeed(seed: number): Promise<{ outcome: Outcome; lines: string[] }> {
  const lines: string[] = []
  const outcome = await simulate(seed, undefined, line => lines.push(line))
  return { outcome, lines }
}
