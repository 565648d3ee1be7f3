import { setTimeout } from 'node:timers/promises'
import { inflict } from './inflict.ts'
import { type Step, typicalSeconds } from './plan.ts'
import type { FaultRow } from './print-report.ts'
import type { Progress } from './watch-progress.ts'
import type { World } from './world.ts'

/** Nothing else is asserted about time: a step that takes longer is told of, and the next one begins. */
const RECOVERY_MAX_MS = 180_000
/** Before the first fault, so that it comes while events are counted. */
const LEAD_MS = 5_000
/** While a step takes longer than is typical, so that events go on coming. */
const SECONDS_LEFT_MIN = 10

const NOT_INFLICTED = 'could not be inflicted'

type ScheduleParts = {
  readonly steps: readonly Step[]
  readonly world: World
  readonly progress: Progress
  readonly eventsSent: () => number
  readonly say: (line: string) => void
}

/** Inflicts one step after the other: the next one when everything sent until the last one was over is counted. */
export class Schedule {
  readonly #parts: ScheduleParts
  readonly #beganMs = performance.now()
  #stepsBegun = 0
  #stepBeganMs = performance.now()
  #isOver = false

  constructor(parts: ScheduleParts) {
    this.#parts = parts
  }

  /** Until all faults are over, if they take as long as they typically do; 0 afterwards. */
  secondsLeft(): number {
    if (this.#isOver) return 0
    const { steps } = this.#parts
    const current = steps[this.#stepsBegun - 1]
    const ofCurrent = current === undefined ? 0 : typicalSeconds(current) - secondsSince(this.#stepBeganMs)
    const later = steps.slice(this.#stepsBegun).reduce((sum, step) => sum + typicalSeconds(step), 0)
    return later + Math.max(SECONDS_LEFT_MIN, ofCurrent)
  }

  async run(): Promise<FaultRow[]> {
    await setTimeout(LEAD_MS)
    const rows: FaultRow[] = []
    for (const step of this.#parts.steps) {
      this.#stepsBegun += 1
      this.#stepBeganMs = performance.now()
      rows.push(...(await Promise.all(step.map(fault => this.#carryOut(fault, this.#stepsBegun)))))
    }
    this.#isOver = true
    return rows
  }

  async #carryOut(fault: Step[number], step: number): Promise<FaultRow> {
    const { world, eventsSent, say } = this.#parts
    const faultMs = performance.now()
    const atSeconds = secondsSince(this.#beganMs)
    const afterEvents = eventsSent()
    say(`${atSeconds.toFixed(0)} s, ${afterEvents} events: ${fault}`)
    const detail = await inflict(fault, world).catch(error => `${NOT_INFLICTED}: ${error}`)
    const lastedSeconds = secondsSince(faultMs)
    const recoveredSeconds = (await this.#recover()) ? secondsSince(faultMs) : null
    const eventsMeanwhile = eventsSent() - afterEvents
    const how = recoveredSeconds === null ? 'counting has not recovered yet' : 'counting has recovered'
    say(`${secondsSince(this.#beganMs).toFixed(0)} s: ${fault}: ${detail}; ${how}`)
    return { step, fault, afterEvents, eventsMeanwhile, atSeconds, lastedSeconds, recoveredSeconds, detail }
  }

  /** Everything that was appended until now is counted; false when it takes too long. */
  async #recover(): Promise<boolean> {
    const { progress } = this.#parts
    const deadlineMs = performance.now() + RECOVERY_MAX_MS
    return progress
      .ends(() => deadlineMs)
      .then(ends => progress.reaches(ends, () => deadlineMs))
      .catch(() => false)
  }
}

export function isInflicted({ detail }: FaultRow): boolean {
  return !detail.startsWith(NOT_INFLICTED)
}

function secondsSince(sinceMs: number): number {
  return (performance.now() - sinceMs) / 1_000
}
