import { type LogRecord, LogUnavailableError, type OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import { type SoleWriter, supersededError } from '@forbruk/infra/log/sole-writer.ts'
import type { ReadableLog } from '../../../services/intake/recover.ts'

const LOG_PARTITIONS = 3

export type AppendFault = 'none' | 'before' | 'after'

/** The event log: atomic appends under claims, of which the last one alone holds. */
export class SimulatedLog {
  readonly partitions: LogRecord[][] = Array.from({ length: LOG_PARTITIONS }, () => [])
  readonly #onAppend: (records: readonly OutgoingRecord[]) => void
  #claims = 0

  constructor(onAppend: (records: readonly OutgoingRecord[]) => void) {
    this.#onAppend = onAppend
  }

  claim(): number {
    this.#claims += 1
    return this.#claims
  }

  append(claim: number, records: readonly OutgoingRecord[]): void {
    if (claim !== this.#claims) throw supersededError('gateway.requests')
    for (const { value, to } of records) {
      const partition = this.partitions['partition' in to ? to.partition : 0]
      partition?.push({ offset: partition.length, appendTimeMs: 0, key: null, value })
    }
    this.#onAppend(records)
  }
}

/** What an intake sees of it. `step` decides when, and whether, what is asked for happens. */
export function openLog(log: SimulatedLog, step: () => Promise<AppendFault>): ReadableLog {
  const of = (partition: number) => log.partitions[partition] ?? []
  return {
    topic: 'gateway.requests',
    partitionCount: LOG_PARTITIONS,
    async bounds(partition) {
      await step()
      return { startOffset: 0, endOffset: of(partition).length }
    },
    async *read(partition, fromOffset, toOffset) {
      await step()
      const records = of(partition).slice(fromOffset, toOffset)
      yield { partition, records, nextOffset: toOffset, endOffset: of(partition).length }
    },
  }
}

export function openWriter(log: SimulatedLog, step: () => Promise<AppendFault>): SoleWriter {
  return {
    async claim() {
      await step()
      const claim = log.claim()
      return {
        async append(records) {
          const fault = await step()
          if (fault === 'before') throw new LogUnavailableError('no broker answers')
          log.append(claim, records)
          if (fault === 'after') throw new LogUnavailableError('the answer got lost')
          return []
        },
      }
    },
    close: async () => undefined,
  }
}
