import { sleep } from '../run/sleep.ts'

/** Rests so many times as long as it worked: a quarter of the time goes to it, the rest to whoever counts. */
const REST_FACTOR = 3

type Pace = {
  /** Milliseconds, from any moment on. */
  readonly clock: () => number
  readonly timeMaxMs: number
  /** Nobody asks any more. */
  readonly signal: AbortSignal
}

type Paced<Step, Result> =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'result'; readonly result: Result }
  /** The time is over; nothing more is done. */
  | { readonly kind: 'overdue' }

/** The same steps, with a rest after each, for as long as somebody asks, and no longer than the time allows. */
export async function* keepPace<Step, Result>(
  steps: AsyncGenerator<Step, Result>,
  { clock, timeMaxMs, signal }: Pace,
): AsyncGenerator<Paced<Step, Result>> {
  await using working = steps
  const endMs = clock() + timeMaxMs
  while (!signal.aborted) {
    const beganMs = clock()
    const next = await working.next()
    const workedMs = clock() - beganMs
    if (next.done === true) return yield { kind: 'result', result: next.value }
    yield { kind: 'step', step: next.value }
    await sleep(workedMs * REST_FACTOR, signal)
    if (clock() >= endMs) return yield { kind: 'overdue' }
  }
}
