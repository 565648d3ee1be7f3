import type { ForeignTopic, LogBounds, LogRecord, RecordBatch } from '@forbruk/infra/log/event-log.ts'

export const FOREIGN_PARTITIONS = 2

/** A line that a gateway wrote, with a number of its own. */
export type ForeignLine = {
  readonly number: number
  readonly timeMs: number
  readonly isBad: boolean
  /** Its gateway gave it an id, by which a copy of it is known. */
  readonly id: string | null
}

/** The shipper's own topic: lines by their places. */
export class SimulatedTopic {
  readonly #partitions = Array.from({ length: FOREIGN_PARTITIONS }, () => ({
    startOffset: 0,
    records: [] as (readonly ForeignLine[])[],
  }))

  append(partition: number, lines: readonly ForeignLine[]): void {
    this.#of(partition).records.push(lines)
  }

  /** As retention does. */
  deleteBelow(partition: number, offset: number): void {
    const of = this.#of(partition)
    of.startOffset = Math.max(of.startOffset, Math.min(offset, of.records.length))
  }

  bounds(partition: number): LogBounds {
    const { startOffset, records } = this.#of(partition)
    return { startOffset, endOffset: records.length }
  }

  linesAt(partition: number, offset: number): readonly ForeignLine[] {
    return this.#of(partition).records[offset] ?? []
  }

  /** Null where the topic has lost the offset. */
  read(partition: number, fromOffset: number, recordsMax: number): RecordBatch | null {
    const { startOffset, records } = this.#of(partition)
    if (fromOffset < startOffset) return null
    const found = records.slice(fromOffset, fromOffset + recordsMax)
    const batch = found.map((lines, index): LogRecord => {
      const value = Buffer.from(lines.map(line => JSON.stringify(line)).join('\n'))
      return { offset: fromOffset + index, appendTimeMs: 0, key: null, value }
    })
    const endOffset = records.length
    return { partition, records: batch, nextOffset: fromOffset + batch.length, endOffset }
  }

  #of(partition: number) {
    const found = this.#partitions[partition]
    if (found === undefined) throw new RangeError(`no partition ${partition}`)
    return found
  }
}

/** What an intake sees of it, but for its records, which are handed to it. */
export function openForeign(topic: SimulatedTopic, step: () => Promise<void>): ForeignTopic {
  return {
    topic: 'shipper.lines',
    partitionCount: FOREIGN_PARTITIONS,
    async bounds(partition) {
      await step()
      return topic.bounds(partition)
    },
    consume: async () => {
      throw new Error('records are handed over')
    },
    close: async () => undefined,
  }
}
