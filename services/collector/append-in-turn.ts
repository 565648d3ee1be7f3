import type { EventLog, OutgoingRecord } from '@forbruk/infra/log/event-log.ts'

/** One append holds no more than this, unless one request alone has more. */
const GROUP_RECORDS_MAX = 5_000
const GROUP_BYTES_MAX = 1_048_576

type Waiting = {
  readonly records: readonly OutgoingRecord[]
  readonly bytes: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Appends what requests bring, in the order in which they bring it: while one append is under way, what comes is
 * gathered for the next. So many small requests share one wait for the disk or the brokers, and a partition holds them
 * in order. Of an append that failed nobody knows what the log holds: everybody who was in it is told.
 */
export class AppendInTurn {
  readonly #log: Pick<EventLog, 'append'>
  #waiting: Waiting[] = []
  #isAppending = false

  constructor(log: Pick<EventLog, 'append'>) {
    this.#log = log
  }

  /** Resolves once the log has acknowledged every record; rejects with the log's error. */
  append(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve()
    const bytes = bytesOf(records)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, bytes, resolve, reject })
      if (!this.#isAppending) void this.#appendAll()
    })
  }

  async #appendAll(): Promise<void> {
    this.#isAppending = true
    for (let group = this.#takeGroup(); group.length > 0; group = this.#takeGroup()) {
      try {
        await this.#log.append(group.flatMap(({ records }) => records))
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#isAppending = false
  }

  #takeGroup(): Waiting[] {
    let [records, bytes, taken] = [0, 0, 0]
    for (const waiting of this.#waiting) {
      records += waiting.records.length
      bytes += waiting.bytes
      if (taken > 0 && (records > GROUP_RECORDS_MAX || bytes > GROUP_BYTES_MAX)) break
      taken += 1
    }
    return this.#waiting.splice(0, taken)
  }
}

export function bytesOf(records: readonly OutgoingRecord[]): number {
  return records.reduce((sum, { value }) => sum + value.length, 0)
}
