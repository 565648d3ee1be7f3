import { type HeardInstance, hearMark } from '@forbruk/aggregator/count/instances.ts'
import type { OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import { NO_OBSTACLES, type SourceMark } from '@forbruk/schemas/event/log-event.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { completeThrough, type Settled } from '../../support/aggregator/complete-through.ts'
import { PARTITION_COUNT } from '../files/simulated-log.ts'
import { Violation } from '../violation.ts'
import type { Host } from './host.ts'

/** What is done wrongly with marks; each piece gets the right one. */
export type Mutation = {
  /** Null: it is not there. */
  readonly mark?: (mark: SourceMark) => SourceMark | null
  readonly heard?: (heard: readonly HeardInstance[]) => readonly HeardInstance[]
  readonly settled?: (settled: Settled) => Settled
}

type Partition = { heard: readonly HeardInstance[]; throughMs: number | null }

/** What an aggregator and a close make of what the hosts of one source append. */
export class VouchedLog {
  readonly settled = new Map<string, Settled>()
  readonly #mutation: Mutation
  readonly #partitions: Partition[]
  /** Positions of files in each partition. */
  readonly #highest = new Map<string, number>()

  constructor(mutation: Mutation) {
    this.#mutation = mutation
    this.#partitions = Array.from({ length: PARTITION_COUNT }, () => ({ heard: [], throughMs: null }))
  }

  get heard(): readonly HeardInstance[] {
    return this.#partitions.flatMap(({ heard }) => heard)
  }

  /** Before it the source is complete: a month that ended by then is closed. */
  get throughMs(): number | null {
    return completeThrough(this.#partitions, this.settled)
  }

  take(records: readonly OutgoingRecord[], host: Host, nowMs: number): void {
    for (const { value, to } of records) {
      const place = 'partition' in to ? to.partition : 0
      for (const event of decodeRecord(value)) {
        if (event.kind === 'mark') this.#hear(place, event, host, nowMs)
        else if (event.kind === 'request' && event.identity.kind === 'position') {
          const stream = `${place} ${event.identity.file}`
          if (event.identity.position <= (this.#highest.get(stream) ?? -1)) continue
          this.#highest.set(stream, event.identity.position)
          host.shipped(event.requestBytes)
        } else throw new Violation(`a shipper sends no ${event.kind}`)
      }
    }
  }

  /** A person has seen to it. */
  settle(instance: string): void {
    const heard = this.heard.filter(each => each.instance === instance)
    const settled = {
      sequence: Math.max(...heard.map(({ sequence }) => sequence)),
      copies: Math.max(...heard.map(({ copies }) => copies)),
    }
    this.settled.set(instance, this.#mutation.settled?.(settled) ?? settled)
  }

  isSettled(instance: string): boolean {
    const word = this.settled.get(instance)
    const heard = this.heard.filter(each => each.instance === instance)
    return (
      word !== undefined && heard.every(each => each.sequence <= word.sequence && each.copies <= word.copies)
    )
  }

  #hear(place: number, said: SourceMark, host: Host, nowMs: number): void {
    const partition = this.#partitions[place]
    const mark = this.#mutation.mark === undefined ? said : this.#mutation.mark(said)
    host.isHeard = true
    if (partition === undefined || mark === null) return
    const before = { throughMs: partition.throughMs, obstacles: NO_OBSTACLES }
    const heard = hearMark(partition.heard, mark, nowMs, before)
    partition.heard = this.#mutation.heard?.(heard) ?? heard
    partition.throughMs = Math.max(partition.throughMs ?? 0, mark.throughMs)
  }
}
