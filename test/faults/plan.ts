import { seededRandom } from '../../demo/record/random.ts'

export const FAULTS = [
  'scale-to-4',
  'scale-to-2',
  'aggregator-kill',
  'aggregator-kill-before-ledger',
  'aggregator-zombie',
  'insert-after-death',
  'store-kill',
  'store-refuses',
  'store-slow',
  'store-overloaded',
  'store-unknown-status',
  'store-cut',
  'store-late-answer',
  'broker-kill',
  'broker-restart',
] as const
export type Fault = (typeof FAULTS)[number]

export type PlannedFault = {
  readonly fault: Fault
  /** When so many events have been sent. */
  readonly afterEvents: number
}

export type Form = {
  readonly name: 'short' | 'long'
  readonly eventsTotal: number
  readonly eventsPerSecond: number
  readonly partitions: number
  /** Small enough that blocks complete, and are folded again, in a short run. */
  readonly blockSize: number
  readonly windowSize: number
}

export const SHORT: Form = {
  name: 'short',
  eventsTotal: 300_000,
  eventsPerSecond: 6_000,
  partitions: 4,
  blockSize: 2 ** 15,
  windowSize: 2 ** 13,
}

export const LONG: Form = {
  name: 'long',
  eventsTotal: 5_000_000,
  eventsPerSecond: 8_000,
  partitions: 8,
  blockSize: 2 ** 17,
  windowSize: 2 ** 16,
}

/**
 * These take longest to be over, or wait for an aggregator that writes: they come while there is something to count
 * beside them, and before the group has lost so many members that nothing is written for a while.
 */
const FIRST: readonly Fault[] = ['scale-to-4', 'store-late-answer']
const SHORT_NEXT: readonly Fault[] = [
  'aggregator-kill-before-ledger',
  'insert-after-death',
  'aggregator-zombie',
]
const LAST: readonly Fault[] = ['scale-to-2']
const SHORT_MIDDLE: readonly Fault[] = ['aggregator-kill', 'store-kill', 'store-cut', 'broker-kill']
/** One of these in the short form, so that each is met in one run or another. */
const SHORT_CHOICE: readonly Fault[] = [
  'store-refuses',
  'store-slow',
  'store-overloaded',
  'store-unknown-status',
  'broker-restart',
]
const LONG_REPEATS = 2

/** The same plan for the same seed: which faults, in which order, after how many events. Pure. */
export function planFaults(seed: number, form: Form): PlannedFault[] {
  const random = seededRandom(seed, 'plan')
  const shuffle = (faults: readonly Fault[]): Fault[] =>
    faults
      .map(fault => ({ fault, rank: random.next() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ fault }) => fault)
  const middle =
    form.name === 'short'
      ? [...shuffle(SHORT_NEXT), ...shuffle([...SHORT_MIDDLE, ...shuffle(SHORT_CHOICE).slice(0, 1)])]
      : Array.from({ length: LONG_REPEATS }, () =>
          shuffle(FAULTS.filter(fault => !FIRST.includes(fault) && !LAST.includes(fault))),
        ).flat()
  const again: readonly Fault[] = form.name === 'short' ? [] : ['scale-to-4']
  const faults = [...FIRST, ...middle, ...again, ...LAST]
  const stride = form.eventsTotal / (faults.length + 1)
  return faults.map((fault, index) => ({
    fault,
    afterEvents: Math.floor(stride * (index + 0.4 + random.next() * 0.8)),
  }))
}
