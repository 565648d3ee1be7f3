import type { OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import type { Random } from '../../demo/record/random.ts'

const KEPT_MAX = 4_000
const KEPT_CHANCE = 0.02
/** Of events. */
const ELSEWHERE = 0.004
const LATER = 0.004
/** Records until a request is sent again elsewhere: the log has stamped it long before, so it stays the first. */
const ELSEWHERE_AFTER = 2_500

type Kept = {
  readonly event: RequestEvent
  readonly partition: number
  /** How many records its partition, and all of them, were sent before it. */
  readonly before: { readonly inPartition: number; readonly inAll: number }
}

/** Request ids that come again where no fold can see it: in another partition, or beyond its window. */
export class RepeatedIds {
  readonly #random: Random
  readonly #sent: number[]
  readonly #forgottenAfter: number
  /** In the order of sending. Each comes again once: a fold would see a second time. */
  readonly #kept: Kept[] = []

  /** @param forgottenAfter records of a partition until its fold surely knows nothing of an id */
  constructor(random: Random, partitions: number, forgottenAfter: number) {
    this.#random = random
    this.#sent = Array.from({ length: partitions }, () => 0)
    this.#forgottenAfter = forgottenAfter
  }

  /** From now on copies of what was sent before come again and again, and may be remembered anew at any time. */
  grow(partitions: number): void {
    this.#kept.length = 0
    while (this.#sent.length < partitions) this.#sent.push(0)
  }

  remember(event: RequestEvent, partition: number): void {
    if (!this.#random.chance(KEPT_CHANCE) || this.#kept.length >= KEPT_MAX) return
    this.#kept.push({
      event,
      partition,
      before: { inPartition: this.#sentTo(partition), inAll: this.#sentToAll },
    })
  }

  /** Told of each record. */
  send({ to }: OutgoingRecord): void {
    if ('partition' in to) this.#sent[to.partition] = this.#sentTo(to.partition) + 1
  }

  /** Now and then a request again. */
  repeat(): OutgoingRecord[] {
    return [
      ...(this.#random.chance(ELSEWHERE) ? this.#repeatElsewhere() : []),
      ...(this.#random.chance(LATER) ? this.#repeatLater() : []),
    ]
  }

  /** By another source, under the key of another client, whose partition is another one. */
  #repeatElsewhere(): OutgoingRecord[] {
    const index = this.#random.whole(0, Math.max(0, this.#kept.length - 1))
    const kept = this.#kept[index]
    if (kept === undefined || this.#sentToAll - kept.before.inAll < ELSEWHERE_AFTER) return []
    this.#kept.splice(index, 1)
    const partition = (kept.partition + 1) % this.#sent.length
    const event = { ...kept.event, source: 'kong-2', clientId: `client-${partition}`, requestBytes: 1 }
    return [{ to: { partition }, value: encodeRequest(event) }]
  }

  /** As it was: the oldest, once its partition's fold has forgotten it. */
  #repeatLater(): OutgoingRecord[] {
    const [oldest] = this.#kept
    if (oldest === undefined) return []
    const { event, partition, before } = oldest
    if (this.#sentTo(partition) - before.inPartition < this.#forgottenAfter) return []
    this.#kept.shift()
    return [{ to: { partition }, value: encodeRequest(event) }]
  }

  #sentTo(partition: number): number {
    return this.#sent[partition] ?? 0
  }

  get #sentToAll(): number {
    return this.#sent.reduce((sum, sent) => sum + sent, 0)
  }
}
