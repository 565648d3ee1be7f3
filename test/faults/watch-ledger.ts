import { setTimeout } from 'node:timers/promises'
import type { Look } from './measure-silence.ts'
import type { Progress } from './watch-progress.ts'

const LOOK_MS = 100

/** Looks at the ledger all the time, from `begin` to `end`. */
export class LedgerWatch {
  readonly #progress: Progress
  #looks: Look[] = []
  #watching: Promise<void> = Promise.resolve()
  #isOver = true

  constructor(progress: Progress) {
    this.#progress = progress
  }

  begin(): void {
    this.#looks = []
    this.#isOver = false
    this.#watching = this.#watch()
  }

  /** Once every partition has been counted on after this call, or after so many seconds. */
  async end(secondsMax: number): Promise<readonly Look[]> {
    const beganMs = performance.now()
    const first = this.#looks.at(-1)?.counted ?? new Map()
    const isCountedOn = () => {
      const counted = this.#looks.at(-1)?.counted ?? new Map()
      return [...counted].every(([partition, nextOffset]) => nextOffset > (first.get(partition) ?? 0))
    }
    while (!isCountedOn() && performance.now() - beganMs < secondsMax * 1_000) await setTimeout(LOOK_MS)
    this.#isOver = true
    await this.#watching
    return this.#looks
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      const counted = await this.#progress.counted()
      this.#looks.push({ atMs: performance.now(), counted })
      await setTimeout(LOOK_MS)
    }
  }
}
