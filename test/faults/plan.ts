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
  'aggregators-rolling',
] as const
/** These take several brokers. */
export const FAULTS_OF_THREE = [
  'brokers-rolling',
  'broker-stall',
  'broker-cut-off',
  'controller-kill',
  'coordinator-kill',
  'brokers-two-down',
] as const
export type Fault = (typeof FAULTS)[number] | (typeof FAULTS_OF_THREE)[number]

/** Faults that begin together, on purpose; the next step begins when counting has recovered from all of them. */
export type Step = readonly [Fault, ...Fault[]]

export type Form = {
  readonly name: 'short' | 'long' | 'three brokers'
  readonly brokers: number
  readonly eventsTotal: number
  /** At most; the events are spread over the faults. */
  readonly eventsPerSecond: number
  readonly partitions: number
  /** Small enough that blocks complete, and are folded again, in a short run. */
  readonly blockSize: number
  readonly windowSize: number
}

export const SHORT: Form = {
  name: 'short',
  brokers: 1,
  eventsTotal: 300_000,
  eventsPerSecond: 6_000,
  partitions: 4,
  blockSize: 2 ** 15,
  windowSize: 2 ** 13,
}

export const LONG: Form = {
  name: 'long',
  brokers: 1,
  eventsTotal: 5_000_000,
  eventsPerSecond: 10_000,
  partitions: 8,
  blockSize: 2 ** 17,
  windowSize: 2 ** 16,
}

export const OF_THREE: Form = {
  name: 'three brokers',
  brokers: 3,
  eventsTotal: 2_000_000,
  eventsPerSecond: 6_000,
  partitions: 6,
  blockSize: 2 ** 15,
  windowSize: 2 ** 13,
}

/**
 * From the beginning until counting has recovered, on two cores: by this the events are spread over the faults.
 */
const TYPICAL_SECONDS: Readonly<Record<Fault, number>> = {
  'scale-to-4': 20,
  'scale-to-2': 20,
  'aggregator-kill': 20,
  'aggregator-kill-before-ledger': 25,
  'aggregator-zombie': 60,
  'insert-after-death': 60,
  'store-kill': 25,
  'store-refuses': 20,
  'store-slow': 30,
  'store-overloaded': 20,
  'store-unknown-status': 20,
  'store-cut': 20,
  'store-late-answer': 85,
  'broker-kill': 40,
  'broker-restart': 40,
  'aggregators-rolling': 40,
  'brokers-rolling': 70,
  'broker-stall': 40,
  'broker-cut-off': 40,
  'controller-kill': 30,
  'coordinator-kill': 30,
  'brokers-two-down': 40,
}

/** Scaling comes first and last, and between the two halves of the long form. */
const SCALING: readonly Fault[] = ['scale-to-4', 'scale-to-2']
/** What the others of the second half are overlapped with. */
const OF_STORE: readonly Fault[] = [
  'store-kill',
  'store-refuses',
  'store-slow',
  'store-overloaded',
  'store-unknown-status',
  'store-cut',
]
const OF_OTHERS: readonly Fault[] = [
  'aggregator-kill',
  'aggregator-kill-before-ledger',
  'aggregator-zombie',
  'insert-after-death',
  'broker-kill',
  'broker-restart',
  'aggregators-rolling',
]
/** What the second half with three brokers is overlapped with. */
const BESIDE_THREE: readonly Fault[] = [
  'aggregator-kill',
  'aggregator-zombie',
  'aggregator-kill-before-ledger',
  'store-kill',
  'store-cut',
  'aggregators-rolling',
]
/** One of these in the short form, so that each is met in one run or another. */
const SHORT_CHOICE: readonly Fault[] = [
  'store-refuses',
  'store-slow',
  'store-overloaded',
  'store-unknown-status',
  'store-late-answer',
]

export function typicalSeconds(step: Step): number {
  return Math.max(...step.map(fault => TYPICAL_SECONDS[fault]))
}

/** The same plan for the same seed: which faults, in which order, which together. Pure. */
export function planFaults(seed: number, form: Form): Step[] {
  const random = seededRandom(seed, 'plan')
  const shuffle = (faults: readonly Fault[]): Fault[] =>
    faults
      .map(fault => ({ fault, rank: random.next() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ fault }) => fault)
  switch (form.name) {
    case 'long':
      return planLong(shuffle)
    case 'short':
      return planShort(shuffle)
    case 'three brokers':
      return planThree(shuffle)
  }
}

/** Each fault by itself, then two at once: one of the store and one of the others. */
function planLong(shuffle: (faults: readonly Fault[]) => Fault[]): Step[] {
  const alone = shuffle(FAULTS.filter(fault => !SCALING.includes(fault))).map((fault): Step => [fault])
  const ofStore = shuffle(OF_STORE)
  const pairs = shuffle(OF_OTHERS).map(
    (other, index): Step => [other, ofStore[index % ofStore.length] ?? 'store-kill'],
  )
  return [['scale-to-4'], ...alone, ['scale-to-2'], ['scale-to-4'], ...pairs, ['scale-to-2']]
}

/** Each fault of the brokers by itself, then together with one of the aggregators or the store. */
function planThree(shuffle: (faults: readonly Fault[]) => Fault[]): Step[] {
  const alone = shuffle([...FAULTS_OF_THREE, 'broker-kill', 'broker-restart']).map((fault): Step => [fault])
  const beside = shuffle(BESIDE_THREE)
  const pairs = shuffle(FAULTS_OF_THREE).map(
    (fault, index): Step => [fault, beside[index % beside.length] ?? 'aggregator-kill'],
  )
  return [...alone, ...pairs]
}

/** Many at once, so that it takes little time. */
function planShort(shuffle: (faults: readonly Fault[]) => Fault[]): Step[] {
  const [chosen = 'store-refuses'] = shuffle(SHORT_CHOICE)
  const [broker = 'broker-kill'] = shuffle(['broker-kill', 'broker-restart'])
  const [ended = 'aggregator-kill'] = shuffle(['aggregator-kill', 'aggregators-rolling'])
  return [
    ['scale-to-4', 'store-cut'],
    ['aggregator-zombie', 'aggregator-kill-before-ledger', 'insert-after-death', 'store-kill', chosen],
    [ended, broker, 'scale-to-2'],
  ]
}
