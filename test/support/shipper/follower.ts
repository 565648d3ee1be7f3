import { copyFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { ShipSummary } from '../../../services/shipper/send/ship-summary.ts'
import type { ShipOptions } from '../../../services/shipper/ship.ts'
import { countOnce, findMarkFaults, NOW_MS, type World } from './shipper-world.ts'

const HOUR_MS = 3_600_000

/** A shipper that follows logs of a world, and what is to be seen of it. */
export class Follower {
  readonly warnings: string[] = []
  /** Of the shipper, which speaks for the minute before. */
  nowMs = NOW_MS
  readonly #world: World
  #stop = new AbortController()
  #running: Promise<ShipSummary> | null = null

  constructor(world: World) {
    this.#world = world
  }

  start(files: readonly string[], changed: Partial<ShipOptions> = {}): void {
    this.#stop = new AbortController()
    this.#running = this.#world.ship(files, {
      follow: true,
      signal: this.#stop.signal,
      onWarning: message => this.warnings.push(message),
      clock: () => this.nowMs,
      ...changed,
      timing: { pollMs: 10, markEveryMs: 1_000, firstRetryMs: 5, retireAfterMs: 100_000, ...changed.timing },
    })
    this.#running.catch(() => undefined)
  }

  async stop(): Promise<ShipSummary> {
    if (this.#running === null) throw new Error('nothing is being followed')
    this.#stop.abort()
    const summary = await this.#running
    this.#running = null
    return summary
  }

  /** As if it had been killed at this moment: nothing that a stop saves is saved. */
  async kill(): Promise<void> {
    const saved = join(this.#world.stateDir, 'gateway-1.json')
    copyFileSync(saved, `${saved}.killed`)
    await this.stop()
    renameSync(`${saved}.killed`, saved)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running?.catch(() => undefined)
  }

  /** Time passes, and the shipper says how far it has come. */
  async pass(ms: number): Promise<void> {
    this.nowMs += ms
    await new Promise(resolve => setTimeout(resolve, 60))
  }

  /** Until a mark says that everything was seen up to a minute ago. */
  async untilComplete(): Promise<void> {
    const behindMs = async () => {
      await this.pass(HOUR_MS)
      return this.nowMs - (await this.throughMs())
    }
    await expect.poll(behindMs, { timeout: 8_000 }).toBe(60_000)
  }

  async untilWarned(times = 1): Promise<void> {
    const warned = async () => {
      await this.pass(HOUR_MS)
      return this.warnings.length
    }
    await expect.poll(warned, { timeout: 8_000 }).toBeGreaterThanOrEqual(times)
  }

  async untilShipped(numbers: readonly number[]): Promise<void> {
    // A shipper that has failed says why, rather than letting the wait run out.
    const failed = this.#running?.then(() => undefined)
    const sorted = numbers.toSorted((a, b) => a - b)
    await Promise.race([
      failed,
      expect.poll(() => this.numbers(), { timeout: 8_000, interval: 20 }).toEqual(sorted),
    ])
  }

  /** Of the lines that were counted. */
  async numbers(): Promise<number[]> {
    return countOnce(await this.#world.readAll())
      .flatMap(event => (event.kind === 'request' ? [event.requestBytes - 100] : []))
      .sort((a, b) => a - b)
  }

  async throughMs(): Promise<number> {
    const events = await this.#world.readAll()
    return Math.max(0, ...events.flatMap(event => (event.kind === 'mark' ? [event.throughMs] : [])))
  }

  async expectSound(): Promise<void> {
    const events = await this.#world.readAll()
    expect(findMarkFaults(events)).toEqual([])
    expect(events.filter(event => event.kind === 'rejected_line')).toEqual([])
  }
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}
