import type { OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import { IntakeRefusedError } from './intake-error.ts'

/** A partition's share of an append goes to Kafka at once, which takes no more than 1 MiB. */
const BYTES_MAX = 512 * 1024
const RECORDS_MAX = 5_000
/** Fewer say nothing about a format, and are waited for. */
const JUDGED_LINES_MIN = 20
const LINGER_MS = 1_000
/** As long as most of what came was rejected, and too little came to tell why. */
const DOUBT_MS = 60_000

/** What was read and is to be appended as one, or not at all. */
export class Batch {
  readonly records: OutgoingRecord[] = []
  readonly #rejectedShareMax: number
  #bytes = 0
  #lines = 0
  #alarming = 0
  /** Of the first that was rejected, and no caller is to blame for. */
  #example = ''
  #sinceMs: number | null = null

  /** @param rejectedShareMax from 0 to 1 */
  constructor(rejectedShareMax: number) {
    this.#rejectedShareMax = rejectedShareMax
  }

  get isFull(): boolean {
    return this.records.length >= RECORDS_MAX || this.#bytes >= BYTES_MAX
  }

  addLine(value: Buffer, partition: number, nowMs: number): void {
    this.addMark(value, partition)
    this.#bytes += value.length
    this.#lines += 1
    this.#sinceMs ??= nowMs
  }

  addMark(value: Buffer, partition: number): void {
    this.records.push({ value, to: { partition } })
  }

  addAlarming(detail: string): void {
    if (this.#alarming === 0) this.#example = detail
    this.#alarming += 1
  }

  isDue(nowMs: number): boolean {
    if (this.#sinceMs === null) return false
    const isInDoubt = this.#isAlarming && this.#lines < JUDGED_LINES_MIN
    return nowMs - this.#sinceMs >= (isInDoubt ? DOUBT_MS : LINGER_MS)
  }

  /** Whether an orderly end may append it: what is still in doubt is read again at the next start. */
  get isInDoubt(): boolean {
    return this.#isAlarming
  }

  /** Throws IntakeRefusedError where too large a share would be appended as rejected. */
  judge(): void {
    if (!this.#isAlarming || this.#lines < JUDGED_LINES_MIN) return
    throw new IntakeRefusedError(
      'mostly_rejected',
      `${this.#alarming} of ${this.#lines} lines would be rejected, expected at most ` +
        `${Math.round(this.#rejectedShareMax * 100)} %; nothing of them was appended. The first one: ` +
        `${this.#example}. Mend the format or what writes the log; or, to have them rejected, raise --rejected-max`,
    )
  }

  get #isAlarming(): boolean {
    return this.#alarming > this.#lines * this.#rejectedShareMax
  }
}
