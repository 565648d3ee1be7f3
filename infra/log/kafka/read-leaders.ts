import { setTimeout } from 'node:timers/promises'
import { EventLogError, LogUnavailableError } from '../event-log.ts'
import type { KafkaLogger } from './client.ts'
import type { Delivery } from './deliver.ts'
import { type FetchClient, isOutOfRange, type Position } from './fetch-client.ts'
import { OUTAGE_MAX_MS, Outage, START_MAX_MS } from './outage.ts'

/** Before the leaders are asked for again. */
const RETRY_MS = 250

type ReaderParts = {
  readonly client: FetchClient
  readonly topic: string
  readonly logger: KafkaLogger | undefined
  /** Rejects with EventLogError when the log can't be read from there. */
  readonly checkPosition: (position: Position) => Promise<void>
  readonly fail: (reason: unknown) => void
}

/**
 * Keeps deliveries supplied, each by the leader of its partition: a loop of each leader asks for all that it leads and
 * that there is room for. Where a leader doesn't answer, the brokers are asked who leads, until it answers or another
 * does; meanwhile the other loops go on.
 */
export class LeaderReader {
  readonly #parts: ReaderParts
  readonly #deliveries = new Map<number, Delivery>()
  readonly #leaders = new Set<number>()
  readonly #over = new AbortController()
  #hasRead = false
  #changed = Promise.withResolvers<void>()

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  add(delivery: Delivery): void {
    this.#deliveries.set(delivery.partition, delivery)
    this.#follow()
    this.wake()
  }

  remove({ partition }: Delivery): void {
    this.#deliveries.delete(partition)
    this.wake()
  }

  get deliveries(): readonly Delivery[] {
    return [...this.#deliveries.values()]
  }

  /** There is something to ask for that there was not before. */
  wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  end(): void {
    this.#over.abort()
    this.wake()
  }

  #follow(): void {
    if (this.#over.signal.aborted) return
    for (const { partition } of this.deliveries) {
      const leader = this.#parts.client.leaderOf(partition)
      if (this.#leaders.has(leader)) continue
      this.#leaders.add(leader)
      void this.#read(leader).catch(this.#parts.fail)
    }
  }

  #ledBy(leader: number): Delivery[] {
    return this.deliveries.filter(({ partition }) => this.#parts.client.leaderOf(partition) === leader)
  }

  /** As long as it leads something. */
  async #read(leader: number): Promise<void> {
    const outage = new Outage()
    for (let led = this.#ledBy(leader); led.length > 0; led = this.#ledBy(leader)) {
      if (this.#over.signal.aborted) return
      const positions = led.flatMap(({ partition, fetchOffset }) =>
        fetchOffset === null ? [] : [{ partition, offset: fetchOffset }],
      )
      if (positions.length === 0) await this.#changed.promise
      else await this.#fetch(leader, positions, outage)
    }
    this.#leaders.delete(leader)
    this.#tellEnd(leader, outage)
    this.#follow()
  }

  async #fetch(leader: number, positions: readonly Position[], outage: Outage): Promise<void> {
    try {
      const fetched = await this.#parts.client.fetch(leader, positions)
      this.#hasRead = true
      this.#tellEnd(leader, outage)
      for (const each of fetched) this.#deliveries.get(each.batch.partition)?.take(each)
    } catch (error) {
      if (!this.#over.signal.aborted) await this.#recover(leader, positions, outage, error)
    }
  }

  async #recover(
    leader: number,
    positions: readonly Position[],
    outage: Outage,
    error: unknown,
  ): Promise<void> {
    const { client, checkPosition } = this.#parts
    if (!(error instanceof EventLogError)) throw error
    if (isOutOfRange(error)) await Promise.all(positions.map(checkPosition))
    else if (!(error instanceof LogUnavailableError)) throw error
    if (!outage.mayEnd(this.#hasRead ? OUTAGE_MAX_MS : START_MAX_MS)) throw error
    this.#tellWaiting(leader, positions, outage, error)
    const { signal } = this.#over
    await setTimeout(RETRY_MS, undefined, { signal }).catch(() => {})
    // Where that fails as well, the next fetch does, and it is asked again.
    if (!signal.aborted) await client.refresh().catch(() => {})
    this.#follow()
  }

  #tellWaiting(leader: number, positions: readonly Position[], outage: Outage, error: Error): void {
    if (!outage.isToBeSaid()) return
    const partitions = positions.map(({ partition }) => partition)
    const waitedMs = outage.lastedMs
    const { logger, topic } = this.#parts
    logger?.warn(
      { topic, broker: leader, partitions, waitedMs, reason: error.message },
      `waiting for broker ${leader}, or for another that leads its partitions, for ${seconds(waitedMs)} s`,
    )
  }

  #tellEnd(leader: number, outage: Outage): void {
    if (outage.lastedMs === 0) return
    const waitedMs = outage.lastedMs
    outage.end()
    const { logger, topic } = this.#parts
    const text = `no longer waiting for broker ${leader}, after ${seconds(waitedMs)} s`
    logger?.warn({ topic, broker: leader, waitedMs }, text)
  }
}

function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(1)
}
