import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLog, PartitionConsumer, RecordBatch, Subscription } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Logger } from 'pino'
import { hasCaughtUp, readEndOffsets } from './catch-up.ts'
import { flushRows, whenAvailable } from './flush.ts'
import { PartitionFold } from './partition-fold.ts'
import { createLedgerReader, type LedgerReader } from './read-ledger.ts'
import { registerStream } from './register-stream.ts'
import { resumePartition } from './resume.ts'
import type { FlushRows } from './rows.ts'

const CONSUMER_GROUP = 'forbruk-aggregator'
const FLUSH_INTERVAL_MS = 1_000
const CATCH_UP_INTERVAL_MS = 200
/** More rows than this wait for the store, and no further record is folded until they are written. */
const PENDING_ROWS_MAX = 200_000
const HEARTBEAT_INTERVAL_MS = 2_000

export type AggregateSettings = {
  readonly log: EventLog
  readonly store: Store
  readonly logger: Logger
  /** Ends the run in order: what is folded is written first. */
  readonly signal: AbortSignal
  /** Stop when everything that was in the log at the start is counted. */
  readonly untilCaughtUp: boolean
  readonly onProgress?: (progress: AggregateProgress) => void
}

/** Offsets of the partitions counted here, up to the log's end when the run began. */
export type AggregateProgress = { readonly offsetsDone: number; readonly offsetsTotal: number }

/**
 * Counts the log into the store until `signal`, or until caught up. Waits out a store that is away; throws what waiting
 * doesn't mend, having written nothing that the ledger doesn't vouch for.
 */
export async function aggregate(settings: AggregateSettings): Promise<void> {
  const stopping = new AbortController()
  const signal = AbortSignal.any([settings.signal, stopping.signal])
  const aggregator = new Aggregator(settings, signal)
  await aggregator.whenAvailable(() => registerStream(settings.store, settings.log))
  const endOffsets = settings.untilCaughtUp ? await readEndOffsets(settings.log) : null
  const subscription = await settings.log.consume(CONSUMER_GROUP, aggregator)
  subscription.finished.catch(() => stopping.abort())
  try {
    await flushUntilDone(settings, aggregator, subscription, endOffsets, signal)
  } finally {
    stopping.abort()
    await subscription.stop()
  }
  await subscription.finished
  await aggregator.flushRest()
}

async function flushUntilDone(
  { log, store, onProgress }: AggregateSettings,
  aggregator: Aggregator,
  subscription: Subscription,
  endOffsets: readonly (number | null)[] | null,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const intervalMs = endOffsets === null ? FLUSH_INTERVAL_MS : CATCH_UP_INTERVAL_MS
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined)
    await subscription.commit(await aggregator.flush())
    if (endOffsets === null) continue
    onProgress?.(aggregator.progressTo(endOffsets))
    if (await aggregator.whenAvailable(() => hasCaughtUp(store, log.topic, endOffsets))) return
  }
}

/** The consumer's side: folds what is delivered, and holds delivery back while too much waits for the store. */
class Aggregator implements PartitionConsumer {
  private readonly settings: AggregateSettings
  private readonly signal: AbortSignal
  private readonly ledger: LedgerReader
  private readonly folds = new Map<number, PartitionFold>()
  private flushing: Promise<ReadonlyMap<number, number>> | null = null
  private flushFailed = false

  constructor(settings: AggregateSettings, signal: AbortSignal) {
    this.settings = settings
    this.signal = signal
    this.ledger = createLedgerReader(settings.store)
  }

  async assign(partition: number): Promise<number> {
    const { log, logger } = this.settings
    const resume = await this.whenAvailable(() => resumePartition(this.ledger, log, partition))
    this.folds.set(partition, new PartitionFold(resume.point))
    const { foldFromOffset } = resume.point
    logger.info({ partition, foldFromOffset, readFromOffset: resume.readFromOffset }, 'partition assigned')
    return resume.readFromOffset
  }

  async receive(batch: RecordBatch, heartbeat: () => Promise<void>): Promise<void> {
    this.folds.get(batch.partition)?.foldBatch(batch)
    while (this.pendingRows() > PENDING_ROWS_MAX && !this.signal.aborted) {
      // A flush may wait for the store much longer than the group waits for a sign of life.
      await Promise.race([this.flush(), sleep(HEARTBEAT_INTERVAL_MS)])
      await heartbeat()
    }
  }

  revoke(partitions: readonly number[]): void {
    for (const partition of partitions) this.folds.delete(partition)
  }

  /** Writes what changed; answers how far each partition is written. One flush at a time: callers share it. */
  flush(): Promise<ReadonlyMap<number, number>> {
    this.flushing ??= this.writeFolds().finally(() => {
      this.flushing = null
    })
    return this.flushing
  }

  /** After the last record was received: what a flush under way did not take. */
  async flushRest(): Promise<void> {
    await this.flushing
    await this.flush()
  }

  whenAvailable<Value>(work: () => Promise<Value>): Promise<Value> {
    const { logger } = this.settings
    return whenAvailable(work, {
      signal: this.signal,
      onRetry: (error, delayMs) =>
        logger.warn({ delayMs, reason: error.message }, 'the store is away: waiting'),
    })
  }

  progressTo(endOffsets: readonly (number | null)[]): AggregateProgress {
    let offsetsDone = 0
    let offsetsTotal = 0
    for (const [partition, fold] of this.folds) {
      const end = endOffsets[partition] ?? 0
      offsetsDone += Math.min(fold.nextOffset, end)
      offsetsTotal += end
    }
    return { offsetsDone, offsetsTotal }
  }

  private async writeFolds(): Promise<ReadonlyMap<number, number>> {
    // Rows that a failed flush took are gone: a later ledger row would vouch for them. Only a new start folds them again.
    if (this.flushFailed) throw new Error('an earlier flush failed: nothing more may be written by this run')
    const nextOffsets = new Map<number, number>()
    const flushes: FlushRows[] = []
    for (const [partition, fold] of this.folds) {
      const rows = fold.takeRows()
      if (rows === null) continue
      flushes.push(rows)
      nextOffsets.set(partition, fold.nextOffset)
    }
    try {
      if (flushes.length > 0) await this.whenAvailable(() => flushRows(this.settings.store, flushes))
    } catch (error) {
      this.flushFailed = true
      throw error
    }
    return nextOffsets
  }

  private pendingRows(): number {
    let rows = 0
    for (const fold of this.folds.values()) rows += fold.pendingRows
    return rows
  }
}
