import type { PartitionConsumer } from './event-log.ts'

/** Delivers a partition until `signal`; resolves when no further call to the consumer will come. */
type Follow = (partition: number, signal: AbortSignal) => Promise<void>

/** Which partitions are followed, and each of them by what it takes in this log. The first that fails ends all. */
export class HeldPartitions {
  readonly finished: Promise<void>
  readonly #consumer: Pick<PartitionConsumer, 'revoke'>
  readonly #follow: Follow
  readonly #followed = new Map<number, { readonly ending: AbortController; readonly done: Promise<void> }>()
  readonly #outcome = Promise.withResolvers<void>()
  #wanted: ReadonlySet<number> = new Set()
  readonly #stopping = new AbortController()
  #end: Promise<void> | null = null
  #failure: { readonly reason: unknown } | null = null

  constructor(consumer: Pick<PartitionConsumer, 'revoke'>, follow: Follow) {
    this.#consumer = consumer
    this.#follow = follow
    this.finished = this.#outcome.promise
    // Whoever consumes looks at it when it likes; until then its rejection is no unhandled one.
    this.finished.catch(() => {})
  }

  /** Aborted when all of it ends, not when one partition is given up. */
  get stopping(): AbortSignal {
    return this.#stopping.signal
  }

  hold(partitions: ReadonlySet<number>): void {
    this.#wanted = partitions
    for (const [partition, { ending }] of this.#followed) if (!partitions.has(partition)) ending.abort()
    for (const partition of partitions) this.#begin(partition)
  }

  fail(reason: unknown): void {
    this.#failure ??= { reason }
    void this.stop()
  }

  stop(): Promise<void> {
    this.#end ??= this.#stop()
    return this.#end
  }

  /** One that is being given up is begun anew once it is. */
  #begin(partition: number): void {
    if (this.#end !== null || this.#followed.has(partition)) return
    const ending = new AbortController()
    const done = this.#follow(partition, ending.signal)
      .catch(reason => this.fail(reason))
      .then(() => this.#giveUp(partition))
      .catch(reason => this.fail(reason))
    this.#followed.set(partition, { ending, done })
  }

  #giveUp(partition: number): void {
    this.#followed.delete(partition)
    this.#consumer.revoke([partition])
    if (this.#wanted.has(partition)) this.#begin(partition)
  }

  async #stop(): Promise<void> {
    this.#stopping.abort()
    for (const { ending } of this.#followed.values()) ending.abort()
    await Promise.all([...this.#followed.values()].map(({ done }) => done))
    if (this.#failure === null) this.#outcome.resolve()
    else this.#outcome.reject(this.#failure.reason)
  }
}
