import { LogGapError } from '@forbruk/aggregator/count/log-gap.ts'
import { acceptGaps } from './accept-gaps.ts'
import { PROTOCOL, type Protocol } from './protocol.ts'
import { replaceLog } from './replace-log.ts'
import { Violation } from './violation.ts'
import { World } from './world.ts'

const STEPS_TO_CATCH_UP_MAX = 5_000
const STEPS_TO_REFUSE_MAX = 1_000

type Outcome =
  | { readonly kind: 'counted' | 'given up' | 'gap' | 'contradicted'; readonly steps: number }
  | { readonly kind: 'violated'; readonly steps: number; readonly reason: string }

/** One run, from its seed alone. */
export async function simulate(
  seed: number,
  mutant: Partial<Protocol> = {},
  trace: (line: string) => void = () => undefined,
): Promise<Outcome> {
  const world = new World(seed, { ...PROTOCOL, ...mutant }, trace)
  const run = new Run(world)
  try {
    return { kind: await run.all(), steps: run.steps }
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    return { kind: 'violated', steps: run.steps, reason: error.message }
  } finally {
    world.dispose()
  }
}

type Fault =
  | 'crash'
  | 'stall'
  | 'evict'
  | 'rebalance'
  | 'stop'
  | 'outage'
  | 'power'
  | 'retention'
  | 'upgrade'
  | 'growth'
const FAULTS: readonly Fault[] = [
  'crash',
  'stall',
  'evict',
  'rebalance',
  'stop',
  'outage',
  'power',
  'retention',
  'upgrade',
  'growth',
]

/** Harsh now and then: the run ends with it. */
const RETENTIONS = [
  'old',
  'old',
  'old',
  'old',
  'unneeded',
  'unneeded',
  'unneeded',
  'unneeded',
  'unneeded',
  'harsh',
] as const

class Run {
  steps = 0
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  async all(): Promise<'counted' | 'given up' | 'gap' | 'contradicted'> {
    const world = this.#world
    const { random } = world
    await this.#trouble()
    const replaced = random.chance(0.04) ? replaceLog(world) : null
    if (replaced !== null) return this.#refuse(replaced)
    let isGivenUp = false
    let ending = await this.#catchUp(random.chance(0.5))
    if (ending === 'gap' && random.chance(0.7) && (await acceptGaps(world))) {
      for (let appends = random.between(0, 5); appends > 0; appends--) world.append()
      ending = await this.#catchUp(false)
      isGivenUp = true
    }
    if (ending === 'counted' && !isGivenUp && random.chance(0.1)) {
      world.losePower()
      ending = await this.#catchUp(false)
    }
    for (const process of [...world.processes]) world.crash(process)
    const { inserts } = world
    while (inserts.late.length > 0) inserts.applyLate(random.pick(inserts.late))
    if (ending === 'counted') world.invariants.checkAll()
    return isGivenUp ? 'given up' : ending
  }

  /** The log grows, and of the faults of this seed any may happen at any step. */
  async #trouble(): Promise<void> {
    const world = this.#world
    const { random } = world
    const faults = FAULTS.filter(() => random.chance(0.5))
    const faultRate = random.pick([0.01, 0.03, 0.08])
    world.inserts.faults = { rate: random.pick([0, 0.05, 0.2]), canRefuse: random.chance(0.3) }
    const processesMax = random.between(1, 3)
    for (let appends = random.between(8, 40); appends > 0; ) {
      if (world.processes.length === 0 || (world.processes.length < processesMax && random.chance(0.05))) {
        world.start()
      } else if (faults.length > 0 && random.chance(faultRate)) {
        this.#happen(random.pick(faults))
      } else if (random.chance(0.12) || !world.proceed()) {
        world.append()
        appends -= 1
      }
      await this.#settle()
    }
  }

  #happen(fault: Fault): void {
    const world = this.#world
    const { random } = world
    const process = random.pick(world.processes)
    switch (fault) {
      case 'crash':
        world.crash(process)
        break
      case 'stall':
        world.stall(process)
        if (random.chance(0.7)) world.evict(process)
        break
      case 'evict':
        world.evict(process)
        break
      case 'rebalance':
        world.rebalance()
        break
      case 'stop':
        process.stop()
        break
      case 'outage':
        world.inserts.isStoreAway = !world.inserts.isStoreAway
        break
      case 'power':
        world.losePower()
        break
      case 'upgrade':
        world.upgrade()
        break
      case 'growth':
        world.grow()
        break
      case 'retention':
        world.retain(random.pick(RETENTIONS))
        break
    }
  }

  /** No more trouble: who is there goes on, or a new process counts the rest. */
  async #catchUp(survivors: boolean): Promise<'counted' | 'gap'> {
    const world = this.#world
    world.inserts.isStoreAway = false
    world.inserts.faults = { rate: 0, canRefuse: false }
    world.agree()
    // One that holds a partition with a gap would count the others on for ever.
    const stay = survivors && !this.#hasGap()
    for (const process of [...world.processes]) {
      if (!stay) world.crash(process)
      process.stalledSteps = 0
    }
    let last = stay ? null : world.start(true)
    for (let left = STEPS_TO_CATCH_UP_MAX; left > 0; left--) {
      if (last?.end?.error === null && !this.#isCounted())
        throw new Violation('it says caught up, and is not')
      if (last?.end?.error === null) world.invariants.recognition.checkCaughtUp()
      if (this.#isCounted() && (last === null || last.end !== null)) return 'counted'
      if (last?.end?.error instanceof LogGapError && this.#hasGap()) return 'gap'
      if (last === null && world.processes.length > 0) {
        world.proceed()
      } else if (last === null || last.end !== null) {
        last = world.start(true)
      } else world.proceed()
      await this.#settle()
    }
    throw new Violation(`not caught up after ${STEPS_TO_CATCH_UP_MAX} steps without faults`)
  }

  #isCounted(): boolean {
    const { partitions, store, invariants } = this.#world
    return partitions.every(
      ({ partition, startOffset, endOffset }) =>
        (startOffset === endOffset && store.ledgerOf(partition).length === 0) ||
        (invariants.isCountedTo(partition, endOffset) && invariants.oldestDamaged(partition) === null),
    )
  }

  /** Stopping is right only where the log has lost what is needed. */
  #hasGap(): boolean {
    return this.#world.partitions.some(log => log.isShort)
  }

  async #refuse(partition: number): Promise<'contradicted'> {
    const world = this.#world
    world.inserts.isStoreAway = false
    world.inserts.faults = { rate: 0, canRefuse: false }
    const before = world.store.describe(partition)
    // One that counts on for ever may hold the partition back, and say so, without an end.
    const process = world.start(true)
    for (let left = STEPS_TO_REFUSE_MAX; left > 0 && process.end === null; left--) {
      world.proceed()
      await this.#settle()
    }
    if (process.end === null || process.end.error === null)
      throw new Violation('another log was counted as if it were the same')
    if (world.store.describe(partition) !== before)
      throw new Violation('rows of another log were written over those of the counted one')
    return 'contradicted'
  }

  async #settle(): Promise<void> {
    this.steps += 1
    await new Promise<void>(resolve => setImmediate(resolve))
    this.#world.afterStep()
  }
}
