import type { EventLog, OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import { messageOf, ShipError } from '../obstacles/ship-error.ts'
import { sleepUntilAborted } from './sleep-until-aborted.ts'

/** A batch may go to one partition as a whole, and a Kafka broker takes no more than 1 MiB at once. */
const BATCH_BYTES_MAX = 512 * 1024
const BATCH_RECORDS_MAX = 5_000
const RETRY_DELAY_MAX_MS = 8_000

export type RetryPolicy = {
  /** Infinity: until `signal` aborts. */
  readonly attemptsMax: number
  readonly firstDelayMs: number
  readonly signal: AbortSignal
  readonly onWarning: (message: string) => void
  /** Waits until it is time to try again, or the signal aborts. */
  readonly pause?: (delayMs: number, signal: AbortSignal) => Promise<void>
}

/** The event log did not take a batch, however often it was asked. */
export class AppendFailedError extends ShipError {
  override name = 'AppendFailedError'
}

/**
 * Gathers records into bounded batches and appends them in order. While one batch is on its way the next one is
 * gathered; there are never more than these two.
 */
export class BatchSender {
  readonly #log: EventLog
  readonly #retry: RetryPolicy
  #records: OutgoingRecord[] = []
  #bytes = 0
  #onItsWay: Promise<void> = Promise.resolve()

  constructor(log: EventLog, retry: RetryPolicy) {
    this.#log = log
    this.#retry = retry
  }

  get isFull(): boolean {
    return this.#records.length >= BATCH_RECORDS_MAX || this.#bytes >= BATCH_BYTES_MAX
  }

  add(value: Buffer, partition: number): void {
    this.#records.push({ value, to: { partition } })
    this.#bytes += value.length
  }

  /** Before all that was gathered since the last batch. */
  addFirst(value: Buffer, partition: number): void {
    this.#records.unshift({ value, to: { partition } })
    this.#bytes += value.length
  }

  /**
   * Sends what was gathered, once the batch before it was acknowledged. `acknowledged` is called when the log holds
   * this one; its failure comes out of the next `flush` or `settle`.
   */
  async flush(acknowledged: () => void): Promise<void> {
    const records = this.#records
    this.#records = []
    this.#bytes = 0
    await this.#onItsWay
    this.#onItsWay = this.#append(records).then(acknowledged)
    // It is awaited later; until then it is no unhandled rejection.
    this.#onItsWay.catch(() => undefined)
  }

  /** Resolves when everything that was flushed is in the log. */
  settle(): Promise<void> {
    return this.#onItsWay
  }

  /** A failed append may have appended any part: the same records in the same order are recognised and counted once. */
  async #append(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return
    const { attemptsMax, firstDelayMs, signal, onWarning, pause = sleepUntilAborted } = this.#retry
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#log.append(records)
        return
      } catch (error) {
        if (attempt >= attemptsMax || signal.aborted) throw explain(error, attempt)
        const delayMs = Math.min(firstDelayMs * 2 ** Math.min(attempt - 1, 10), RETRY_DELAY_MAX_MS)
        onWarning(`the event log did not take a batch (${messageOf(error)}); trying again in ${delayMs} ms`)
        await pause(delayMs, signal)
      }
    }
  }
}

function explain(error: unknown, attempts: number): AppendFailedError {
  const times = attempts === 1 ? 'once' : `${attempts} times`
  return new AppendFailedError(`the event log did not take a batch, asked ${times}: ${messageOf(error)}`, {
    cause: error,
  })
}
