import type { EventLog, OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import { type MarkedObstacles, NO_OBSTACLES } from '@forbruk/schemas/event/log-event.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { Violation } from '../violation.ts'
import type { WrittenLine } from './written-lines.ts'

export const PARTITION_COUNT = 2

/** What an aggregator makes of what is appended, held against what the gateway wrote. */
export class CountedLog {
  /** Every line that was written and is not counted. */
  readonly #unshipped = new Set<WrittenLine>()
  readonly #highest = new Map<string, number>()
  readonly #arrived = new Map<string, number>()
  /** Where each line was counted, by its number. */
  readonly #places = new Map<number, string[]>()
  throughMs = 0
  /** By the newest mark of each partition. */
  readonly #told = new Map<number, MarkedObstacles>()

  wrote(line: WrittenLine): void {
    this.#unshipped.add(line)
  }

  /** Lines that a shipper could have seen. */
  get missing(): readonly WrittenLine[] {
    return [...this.#unshipped].filter(({ isDestroyed }) => !isDestroyed)
  }

  /** What each partition's newest mark says stands in the way. */
  get told(): readonly MarkedObstacles[] {
    return Array.from(
      { length: PARTITION_COUNT },
      (_, partition) => this.#told.get(partition) ?? NO_OBSTACLES,
    )
  }

  isShipped(line: WrittenLine): boolean {
    return !this.#unshipped.has(line)
  }

  take(records: readonly OutgoingRecord[]): void {
    for (const { value, to } of records) {
      const partition = 'partition' in to ? to.partition : 0
      for (const event of decodeRecord(value)) {
        if (event.kind === 'mark') {
          this.#judgeMark(event, partition)
          this.#told.set(partition, event.obstacles ?? NO_OBSTACLES)
        }
        if (event.kind === 'undecodable') throw new Violation(`a record says nothing: ${event.detail}`)
        if (event.kind === 'rejected_line') this.#admit(partition, event.file, event.position)
        if (event.kind === 'request' && event.identity.kind === 'position') {
          const { file, position } = event.identity
          if (this.#admit(partition, file, position))
            this.#count(event.requestBytes, event.timeMs, `${file} at ${position}`)
        }
      }
    }
  }

  #admit(partition: number, file: string, position: number): boolean {
    const stream = `${partition} ${file}`
    if (position <= (this.#highest.get(stream) ?? -1)) return false
    this.#highest.set(stream, position)
    this.#arrived.set(stream, (this.#arrived.get(stream) ?? 0) + 1)
    return true
  }

  #count(number: number, timeMs: number, place: string): void {
    const written = [...this.#unshipped].filter(one => one.number === number && one.timeMs === timeMs)
    const line = written.find(one => !one.isDestroyed) ?? written[0]
    const before = this.#places.get(number) ?? []
    this.#places.set(number, [...before, place])
    if (line === undefined) {
      throw new Violation(`line ${number} is counted in ${place}, and was in ${before.join(', ')}`)
    }
    this.#unshipped.delete(line)
  }

  #judgeMark(
    mark: { file: string; position: number; eventsTotal: number; throughMs: number },
    partition: number,
  ): void {
    const { file, position, eventsTotal, throughMs } = mark
    const stream = `${partition} ${file}`
    const isNewest = position > (this.#highest.get(stream) ?? -1)
    const arrived = this.#arrived.get(stream) ?? 0
    if (isNewest && arrived !== eventsTotal) {
      throw new Violation(
        `a mark says that ${eventsTotal} events of ${file} were sent, and ${arrived} have arrived`,
      )
    }
    this.throughMs = Math.max(this.throughMs, throughMs)
    const unseen = this.missing.find(line => line.vouchedMs <= throughMs)
    if (unseen !== undefined) {
      const places = (this.#places.get(unseen.number) ?? []).join(', ')
      throw new Violation(
        `a mark vouches for ${throughMs}, and line ${unseen.number} of ${unseen.vouchedMs} is missing; ` +
          `it was in ${places}`,
      )
    }
  }
}

export type AppendFault = 'before' | 'after' | 'none'

/** What a shipper sees of the log. */
export function openSimulatedLog(
  counted: Pick<CountedLog, 'take'>,
  turn: () => Promise<AppendFault>,
  fail: (violation: unknown) => Promise<never>,
): EventLog {
  const absent = async (): Promise<never> => {
    throw new Error('a shipper only appends')
  }
  return {
    topic: 'gateway.requests',
    stampedBy: 'writer',
    partitionCount: PARTITION_COUNT,
    async append(records) {
      const fault = await turn()
      if (fault === 'before') throw new Error('no broker answers')
      try {
        counted.take(records)
      } catch (violation) {
        await fail(violation)
      }
      if (fault === 'after') throw new Error('the answer got lost')
    },
    bounds: absent,
    offsetForTime: absent,
    read: () => {
      throw new Error('a shipper only appends')
    },
    consume: absent,
    close: async () => undefined,
  }
}
