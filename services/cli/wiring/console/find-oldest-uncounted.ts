import { setTimeout as sleep } from 'node:timers/promises'
import { type EventLog, EventLogError } from '@forbruk/infra/log/event-log.ts'

type Uncounted = { readonly partition: number; readonly nextOffset: number; readonly endOffset: number }

/** A log that is slow to answer holds up nothing else that is told. */
const READ_TIMEOUT_MS = 3_000

/** When the first record that is not counted yet was appended: read from the log once for each place. */
export class OldestUncounted {
  readonly #found = new Map<number, { readonly nextOffset: number; readonly appendTimeMs: number }>()

  /** Null where all is counted, or the record can't be read now. */
  async find(log: EventLog, { partition, nextOffset, endOffset }: Uncounted): Promise<number | null> {
    if (nextOffset >= endOffset) {
      this.#found.delete(partition)
      return null
    }
    const known = this.#found.get(partition)
    if (known?.nextOffset === nextOffset) return known.appendTimeMs
    const appendTimeMs = await Promise.race([
      readFirst(log, partition, nextOffset, endOffset),
      sleep(READ_TIMEOUT_MS, null, { ref: false }),
    ])
    if (appendTimeMs !== null) this.#found.set(partition, { nextOffset, appendTimeMs })
    return appendTimeMs
  }
}

async function readFirst(log: EventLog, partition: number, from: number, to: number): Promise<number | null> {
  try {
    for await (const { records } of log.read(partition, from, to)) {
      const [first] = records
      if (first !== undefined) return first.appendTimeMs
    }
    return null
  } catch (error) {
    // Lost or damaged there: whoever counts says so.
    if (error instanceof EventLogError) return null
    throw error
  }
}
