import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { Offsets } from '@forbruk/infra/ledger/recognition.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { StreamGeometry } from '../count/block.ts'
import type { PartitionFold, ResumePoint } from '../count/partition-fold.ts'
import { registerStream } from '../resume/register-stream.ts'
import { hasCaughtUp, hasReached, readEndOffsets } from './catch-up.ts'
import type { BlockRows } from './encode-block.ts'
import { type FlushStore, whenAvailable } from './flush.ts'
import { keepRecognising } from './keep-recognising.ts'
import type { Sleep } from './sleep.ts'
import { type CountLogger, type CountProgress, StreamCounter } from './stream-counter.ts'

const CONSUMER_GROUP = 'forbruk-aggregator'
const FLUSH_INTERVAL_MS = 1_000
const CATCH_UP_INTERVAL_MS = 50

/** All that counting touches: the log, the store by its few uses, and time. */
export type CountParts = {
  readonly log: EventLog
  readonly store: FlushStore
  readonly ledger: LedgerReader
  readonly resume: (partition: number, ofNewPartition: StreamGeometry) => Promise<ResumePoint>
  readonly beginFold: (point: ResumePoint) => PartitionFold<BlockRows>
  readonly write: (blocks: readonly BlockRows[]) => Promise<void>
  /** Settles which request ids were counted more than once, as far as the ledger is: see Recogniser. */
  readonly settle: (signal: AbortSignal) => Promise<Offsets | null>
  /** Milliseconds, from any moment on. */
  readonly clock: () => number
  /** How this release counts: a new stream from its start, one that is counted from where its log says so. */
  readonly geometry: StreamGeometry
  /** More rows than this wait for the store, and no further record is folded until they are written. */
  readonly pendingRowsMax: number
  readonly logger: CountLogger
  readonly sleep: Sleep
  readonly signal: AbortSignal
  readonly untilCaughtUp: boolean
  readonly onProgress?: (progress: CountProgress) => void
}

/** Counts until `signal`, or until caught up, with every step passed in: see `aggregate`. */
export async function countLog(parts: CountParts): Promise<void> {
  const { log, store, ledger, logger, sleep } = parts
  const stopping = new AbortController()
  const signal = AbortSignal.any([parts.signal, stopping.signal])
  const onRetry = (error: Error, delayMs: number) =>
    logger.warn({ delayMs, reason: error.message }, 'the store is away: waiting')
  const patient = <Value>(work: () => Promise<Value>) => whenAvailable(work, { signal, sleep, onRetry })

  const ofNewPartition = await patient(() => registerStream(ledger, store, log, parts.geometry))
  const endOffsets = parts.untilCaughtUp ? await readEndOffsets(log) : null
  const counter = new StreamCounter({
    resume: partition => patient(() => parts.resume(partition, ofNewPartition)),
    beginFold: parts.beginFold,
    write: blocks => patient(() => parts.write(blocks)),
    pendingRowsMax: parts.pendingRowsMax,
    logger,
    sleep,
    signal,
  })
  const settle = async () => {
    const settled = await patient(() => parts.settle(signal))
    logger.debug({ settled }, 'repeated request ids settled')
    return settled
  }
  // Asked of the ledger, which knows of other processes' partitions as well, but not before ours are done.
  const isDone = async () =>
    endOffsets !== null &&
    counter.hasFoldedTo(endOffsets) &&
    (await patient(() => hasCaughtUp(ledger, log.topic, endOffsets))) &&
    hasReached(await settle(), endOffsets)
  const subscription = await log.consume(CONSUMER_GROUP, counter, signal)
  const failures: unknown[] = []
  const fail = (error: unknown) => {
    failures.push(error)
    stopping.abort()
  }
  subscription.finished.catch(fail)
  const recognising =
    endOffsets === null
      ? keepRecognising({ counter, settle, clock: parts.clock, logger, sleep, signal }).catch(fail)
      : null
  try {
    for (let done = false; !done && !signal.aborted; done = await isDone()) {
      await sleep(endOffsets === null ? FLUSH_INTERVAL_MS : CATCH_UP_INTERVAL_MS, signal)
      await subscription.commit(await counter.flush())
      if (endOffsets !== null) parts.onProgress?.(counter.progressTo(endOffsets))
    }
  } catch (error) {
    fail(error)
  }
  stopping.abort()
  await subscription.stop()
  await subscription.finished.catch(() => undefined)
  await recognising
  // The first is the cause: what failed after it failed because everything was ending.
  if (failures.length > 0) throw failures[0]
  // One that is under way: the caller closes the store next.
  await counter.flush()
}
