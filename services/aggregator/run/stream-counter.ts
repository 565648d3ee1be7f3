import { setImmediate } from 'node:timers/promises'
import type { PartitionConsumer, RecordBatch, UnreadableRecordsError } from '@forbruk/infra/log/event-log.ts'
import { type BatchBounds, cutBatch } from '../count/cut-batch.ts'
import { DeletedRecordsError, LogGapError } from '../count/log-gap.ts'
import type { PartitionFold, ResumePoint } from '../count/partition-fold.ts'
import type { BlockRows } from './encode-block.ts'

const FOLDED_AT_ONCE: BatchBounds = { records: 16_384, bytes: 1_048_576 }

export type CountLogger = Readonly<
  Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>
>

/** Offsets of the partitions counted here, up to the log's end when the run began. */
export type CountProgress = { readonly offsetsDone: number; readonly offsetsTotal: number }

type CounterParts = {
  /** Those from here on are not counted, whatever the group gives. */
  readonly partitionCount: number
  readonly resume: (partition: number) => Promise<ResumePoint>
  readonly beginFold: (point: ResumePoint) => PartitionFold<BlockRows>
  readonly write: (blocks: readonly BlockRows[]) => Promise<void>
  /** Says what to do about it, once all that is counted before it is written. */
  readonly explainUnreadable: (error: UnreadableRecordsError) => Promise<LogGapError>
  readonly pendingRowsMax: number
  readonly logger: CountLogger
  readonly signal: AbortSignal
}

/** The consumer's side: folds what is delivered, and holds delivery back while too much waits for the store. */
export class StreamCounter implements PartitionConsumer {
  readonly #parts: CounterParts
  readonly #folds = new Map<number, PartitionFold<BlockRows>>()
  /** Partitions that wait for an operator. The others are counted on. */
  readonly #halts = new Map<number, LogGapError>()
  #flushing: Promise<ReadonlyMap<number, number>> | null = null
  #failure: { readonly error: unknown } | null = null

  constructor(parts: CounterParts) {
    this.#parts = parts
  }

  async assign(partition: number): Promise<number | null> {
    if (partition >= this.#parts.partitionCount) return null
    try {
      const point = await this.#resume(partition)
      this.#folds.set(partition, this.#parts.beginFold(point))
      const { foldFromOffset, readFromOffset } = point
      this.#parts.logger.info({ partition, foldFromOffset, readFromOffset }, 'partition assigned')
      return readFromOffset
    } catch (error) {
      if (!(error instanceof LogGapError)) throw error
      this.#halt(partition, error)
      return null
    }
  }

  /**
   * The ledger is read before the log's bounds. In between another process may have counted on, and retention deleted
   * what only the older ledger needs: a gap is one that is still there when both are read again.
   */
  async #resume(partition: number): Promise<ResumePoint> {
    try {
      return await this.#parts.resume(partition)
    } catch (error) {
      if (!(error instanceof DeletedRecordsError)) throw error
      return this.#parts.resume(partition)
    }
  }

  /** Part by part: what waits is written, and others get their turn, before the next one is folded. */
  async receive(batch: RecordBatch): Promise<void> {
    const { pendingRowsMax, signal } = this.#parts
    for (const part of cutBatch(batch, FOLDED_AT_ONCE)) {
      this.#foldBatch(part)
      await this.#leaveIfUnknown(part.partition)
      while (this.#pendingRows() > pendingRowsMax && !signal.aborted) await this.flush()
      if (part.nextOffset < batch.nextOffset) await setImmediate()
    }
  }

  async halt(error: UnreadableRecordsError): Promise<void> {
    await this.#flushAll()
    this.#halt(error.partition, await this.#parts.explainUnreadable(error))
  }

  revoke(partitions: readonly number[]): void {
    for (const partition of partitions) {
      this.#folds.delete(partition)
      this.#halts.delete(partition)
    }
  }

  get held(): ReadonlySet<number> {
    return new Set([...this.#folds.keys(), ...this.#halts.keys()])
  }

  /** Those that have come as far as they were counted before they were assigned here, or can come no further. */
  get caughtUp(): readonly number[] {
    const folded = [...this.#folds.values()].filter(({ isCaughtUp }) => isCaughtUp)
    return [...folded.map(({ partition }) => partition), ...this.#halts.keys()].toSorted((a, b) => a - b)
  }

  /** How many the stream has, as far as the log says in the partitions counted here. */
  get partitionCount(): number {
    return Math.max(
      this.#parts.partitionCount,
      ...[...this.#folds.values()].map(fold => fold.partitionCount ?? 0),
    )
  }

  /** Why one of the partitions can't be counted on; null when all are. */
  get halted(): LogGapError | null {
    return this.#halts.values().next().value ?? null
  }

  /** Writes what changed; answers how far each partition is written. One flush at a time: callers share it. */
  flush(): Promise<ReadonlyMap<number, number>> {
    this.#flushing ??= this.#writeFolds().finally(() => {
      this.#flushing = null
    })
    return this.#flushing
  }

  holds(partition: number): boolean {
    return this.#folds.has(partition)
  }

  progressTo(endOffsets: readonly (number | null)[]): CountProgress {
    let offsetsDone = 0
    let offsetsTotal = 0
    for (const [partition, fold] of this.#folds) {
      if (this.#halts.has(partition)) continue
      const end = endOffsets[partition] ?? 0
      offsetsDone += Math.min(fold.nextOffset, end)
      offsetsTotal += end
    }
    return { offsetsDone, offsetsTotal }
  }

  /** Of the partitions counted here, but for those that can't be counted on. */
  hasFoldedTo(endOffsets: readonly (number | null)[]): boolean {
    const { offsetsDone, offsetsTotal } = this.progressTo(endOffsets)
    return offsetsDone === offsetsTotal
  }

  #foldBatch(batch: RecordBatch): void {
    try {
      this.#folds.get(batch.partition)?.foldBatch(batch)
    } catch (error) {
      // A batch that is folded in part must not be written by a last flush.
      this.#folds.delete(batch.partition)
      if (!(error instanceof LogGapError)) throw error
      this.#halt(batch.partition, error)
    }
  }

  #halt(partition: number, error: LogGapError): void {
    this.#halts.set(partition, error)
    this.#parts.logger.error({ partition, reason: error.message }, 'partition not counted on')
  }

  /** One that is under way took its rows before. */
  async #flushAll(): Promise<void> {
    await this.flush()
    await this.flush()
  }

  /** Another release goes on from where this one has to stop, and it may not have these rules any more. */
  async #leaveIfUnknown(partition: number): Promise<void> {
    const unknownRules = this.#folds.get(partition)?.unknownRules ?? null
    if (unknownRules === null) return
    await this.#flushAll()
    throw unknownRules
  }

  async #writeFolds(): Promise<ReadonlyMap<number, number>> {
    // Rows that a failed flush took are gone: a later ledger row would vouch for them. A new start folds them again.
    if (this.#failure !== null) throw this.#failure.error
    const nextOffsets = new Map<number, number>()
    const blocks: BlockRows[] = []
    for (const [partition, fold] of this.#folds) {
      // When it ends, what is folded is written: the next start has the less to fold again.
      for (const rows of fold.takeRows(this.#parts.signal.aborted)) {
        blocks.push(rows)
        nextOffsets.set(partition, rows.ledger.nextOffset)
      }
    }
    try {
      if (blocks.length > 0) {
        await this.#parts.write(blocks)
        this.#parts.logger.debug({ partitions: nextOffsets.size }, 'written, the ledger last')
      }
    } catch (error) {
      this.#failure = { error }
      throw error
    }
    return nextOffsets
  }

  #pendingRows(): number {
    let rows = 0
    for (const fold of this.#folds.values()) rows += fold.pendingRows
    return rows
  }
}
