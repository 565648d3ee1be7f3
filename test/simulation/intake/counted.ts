import type { OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import type { SourceMark } from '@forbruk/schemas/event/log-event.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { placeOf } from '../../../services/intake/place.ts'
import { Violation } from '../violation.ts'
import { FOREIGN_PARTITIONS, type ForeignLine, type SimulatedTopic } from './simulated-topic.ts'

const FILE = /^shipper\.lines\/(\d+)$/

/** What an aggregator makes of what is appended, held against what stands in the foreign topic. */
export class Counted {
  readonly #topic: SimulatedTopic
  readonly #highest = new Map<string, number>()
  readonly #arrived = new Map<string, number>()
  readonly #marked = new Map<string, { readonly total: number; readonly arrived: number }>()
  /** By the numbers of the lines that were counted or rejected. */
  readonly taken = new Set<number>()
  events = 0
  throughMs = 0

  constructor(topic: SimulatedTopic) {
    this.#topic = topic
  }

  /** Shipped by the marks' word, and not arrived. */
  get missing(): number {
    return [...this.#marked.values()].reduce((sum, { total, arrived }) => sum + total - arrived, 0)
  }

  /** Before, nobody knows that the partition is read. */
  isMarked(foreignPartition: number): boolean {
    return [...this.#marked.keys()].some(stream => stream.endsWith(` shipper.lines/${foreignPartition}`))
  }

  take(records: readonly OutgoingRecord[]): void {
    for (const { value, to } of records) {
      const partition = 'partition' in to ? to.partition : 0
      for (const event of decodeRecord(value)) {
        if (event.kind === 'mark') this.#judgeMark(event, partition)
        else if (event.kind === 'rejected_line') this.#count(partition, event.file, event.position)
        else if (event.kind === 'request' && event.identity.kind === 'position')
          this.#count(partition, event.identity.file, event.identity.position)
        else if (event.kind === 'request' && event.identity.kind === 'request_id')
          this.#countById(Number(event.identity.id.split(' ')[1]))
        else throw new Violation(`a record that is no event: ${JSON.stringify(event)}`)
      }
    }
  }

  #count(partition: number, file: string, position: number): void {
    const stream = `${partition} ${file}`
    if (position <= (this.#highest.get(stream) ?? -1)) return
    this.#highest.set(stream, position)
    this.#arrived.set(stream, (this.#arrived.get(stream) ?? 0) + 1)
    const line = this.#lineAt(file, position)
    if (line === undefined) throw new Violation(`${file} at ${position} is counted, and no line stands there`)
    if (this.taken.has(line.number)) throw new Violation(`line ${line.number} is counted twice`)
    this.taken.add(line.number)
    this.events += 1
  }

  /** As the aggregator settles it: once, wherever and however late it comes again. */
  #countById(number: number): void {
    if (!this.taken.has(number)) this.events += 1
    this.taken.add(number)
  }

  #lineAt(file: string, position: number): ForeignLine | undefined {
    const { offset, index } = placeOf(position)
    return this.#topic.linesAt(Number(FILE.exec(file)?.[1]), offset)[index]
  }

  #judgeMark({ file, position, eventsTotal, throughMs }: SourceMark, partition: number): void {
    const stream = `${partition} ${file}`
    const arrived = this.#arrived.get(stream) ?? 0
    if (position > (this.#highest.get(stream) ?? -1)) {
      this.#marked.set(stream, { total: eventsTotal, arrived })
      if (FILE.test(file) && eventsTotal !== arrived)
        throw new Violation(
          `a mark says that ${eventsTotal} events of ${file} were sent; ${arrived} have arrived`,
        )
    }
    this.throughMs = Math.max(this.throughMs, throughMs)
    const unseen = this.present().find(line => line.timeMs <= throughMs && !this.taken.has(line.number))
    if (unseen !== undefined)
      throw new Violation(
        `a mark vouches for ${throughMs}; line ${unseen.number} of ${unseen.timeMs} was not taken`,
      )
  }

  /** Lines that the topic holds now. */
  present(): readonly ForeignLine[] {
    return Array.from({ length: FOREIGN_PARTITIONS }, (_, partition) => {
      const { startOffset, endOffset } = this.#topic.bounds(partition)
      const offsets = Array.from({ length: endOffset - startOffset }, (_, index) => startOffset + index)
      return offsets.flatMap(offset => this.#topic.linesAt(partition, offset))
    }).flat()
  }
}
