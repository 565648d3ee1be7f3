import { setTimeout } from 'node:timers/promises'
import type { Progress } from './watch-progress.ts'

const LOOK_MS = 100

type Longest = { readonly longestMs: number; readonly partition: number }

/** While records come to every partition all the time: how long the ledger stands where it stood, at most. */
export class Silence {
  readonly #progress: Progress
  readonly #moved = new Map<number, { readonly nextOffset: number; readonly atMs: number }>()
  #longest: Longest = { longestMs: 0, partition: -1 }
  #watching: Promise<void> = Promise.resolve()
  #isOver = true

  constructor(progress: Progress) {
    this.#progress = progress
  }

  begin(): void {
    this.#longest = { longestMs: 0, partition: -1 }
    this.#moved.clear()
    this.#isOver = false
    this.#watching = this.#watch()
  }

  /** Once every partition has been counted on after this call, or after so many seconds. */
  async end(secondsMax: number): Promise<Longest> {
    const beganMs = performance.now()
    const isCountedOn = () => [...this.#moved.values()].every(({ atMs }) => atMs > beganMs)
    while (!isCountedOn() && performance.now() - beganMs < secondsMax * 1_000) await setTimeout(LOOK_MS)
    this.#isOver = true
    await this.#watching
    return this.#longest
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      const counted = await this.#progress.counted()
      const nowMs = performance.now()
      for (const [partition, nextOffset] of counted) {
        const known = this.#moved.get(partition)
        const silentMs = known === undefined ? 0 : nowMs - known.atMs
        if (silentMs > this.#longest.longestMs) this.#longest = { longestMs: silentMs, partition }
        if (known?.nextOffset !== nextOffset) this.#moved.set(partition, { nextOffset, atMs: nowMs })
      }
      await setTimeout(LOOK_MS)
    }
  }
}
