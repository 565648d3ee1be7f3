import type { StreamKey } from '@forbruk/infra/ledger/blocks/stream-key.ts'
import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { Offsets } from '@forbruk/infra/ledger/recognition/recognition.ts'
import type { EventLog, Subscription } from '@forbruk/infra/log/event-log.ts'
import type { SignBoard } from '@forbruk/infra/signs/sign-board.ts'
import { StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import type { StreamGeometry, StreamRules } from '../count/block.ts'
import { lacksReadable } from '../count/log-gap.ts'
import type { PartitionFold, ResumePoint } from '../count/partition-fold.ts'
import { type Registered, registerStream } from '../resume/register-stream.ts'
import { Sharing } from '../share/sharing.ts'
import { hasCaughtUp, hasReached, readEndOffsets } from './catch-up.ts'
import type { BlockRows } from './encode-block.ts'
import { type FlushStore, whenAvailable } from './flush.ts'
import { keepRecognising } from './keep-recognising.ts'
import type { Sleep } from './sleep.ts'
import { type CountLogger, type CountProgress, StreamCounter } from './stream-counter.ts'

const FLUSH_INTERVAL_MS = 1_000
const CATCH_UP_INTERVAL_MS = 50

type FoldKey = Pick<StreamKey, 'sign' | 'verify'>

/** All that counting touches: the log, the store by its few uses, and time. */
export type CountParts = {
  readonly log: EventLog
  readonly store: FlushStore
  readonly ledger: LedgerReader
  /** Under which lag monitors find how far counting is: of this stream and this store, and of no others. */
  readonly readGroup: () => Promise<string>
  /** Where processes that count into the same store tell each other; null where no other process can. */
  readonly board: SignBoard | null
  /** A name that no other process has or will have. */
  readonly processName: string
  readonly resume: (partition: number, ofNewPartition: StreamGeometry) => Promise<ResumePoint>
  /** Made when there is none yet, which is after the stream is registered. */
  readonly openKey: () => Promise<FoldKey>
  readonly beginFold: (point: ResumePoint, key: FoldKey) => PartitionFold<BlockRows>
  readonly write: (blocks: readonly BlockRows[]) => Promise<void>
  /** Settles which request ids were counted more than once, as far as the ledger is: see Recogniser. */
  readonly settle: (signal: AbortSignal) => Promise<Offsets | null>
  /** Milliseconds, from any moment on. */
  readonly clock: () => number
  /** Milliseconds since the epoch: what is signed is numbered by it. */
  readonly epochMs: () => number
  /** The last version that a stream goes on to by an unsigned record. */
  readonly unsignedVersion: StreamRules
  /** How this release counts: a new stream from its start, one that is counted from where its log says so. */
  readonly geometry: StreamRules
  /** More rows than this wait for the store, and no further record is folded until they are written. */
  readonly pendingRowsMax: number
  readonly logger: CountLogger
  readonly sleep: Sleep
  readonly signal: AbortSignal
  readonly untilCaughtUp: boolean
  readonly onProgress?: (progress: CountProgress) => void
  /** Told now and then which partitions are counted here. */
  readonly onHeld?: (partitions: ReadonlySet<number>) => void
}

/**
 * Counts until `signal`, or until caught up, with every step passed in: see `aggregate`. Where the log says that the
 * stream has grown, it begins anew, with more partitions.
 */
export async function countLog(parts: CountParts): Promise<void> {
  for (let outcome: Outcome = 'grown'; outcome === 'grown'; ) outcome = await countPartitions(parts)
}

type Outcome = 'done' | 'grown'

async function countPartitions(parts: CountParts): Promise<Outcome> {
  const { log, ledger, logger, sleep } = parts
  const stopping = new AbortController()
  const { signal } = stopping
  const stopAtOnce = () => stopping.abort()
  parts.signal.addEventListener('abort', stopAtOnce)
  if (parts.signal.aborted) stopAtOnce()
  const onRetry = (error: Error, delayMs: number) =>
    logger.warn({ delayMs, reason: error.message }, 'the store is away: waiting')
  const patient: Patient = work => whenAvailable(work, { signal, sleep, onRetry })
  const registered = await patient(() => registerStream({ ...parts, clock: parts.epochMs }, parts.geometry))
  const key = await patient(parts.openKey)
  const { partitionCount } = registered
  const endOffsets = parts.untilCaughtUp ? await readEndOffsets(log, partitionCount) : null
  const counter = createCounter(parts, registered, key, patient, signal)
  const settle = async () => {
    const settled = await patient(() => parts.settle(signal))
    logger.debug({ settled }, 'repeated request ids settled')
    return settled
  }
  // Asked of the ledger, which knows of other processes' partitions as well, but not before ours are done.
  const isDone = async () =>
    endOffsets !== null &&
    counter.hasFoldedTo(endOffsets) &&
    (counter.halted !== null ||
      ((await patient(() => hasCaughtUp(ledger, log.topic, endOffsets))) &&
        hasReached(await settle(), endOffsets)))
  const subscription = await log.consume(await patient(parts.readGroup), counter)
  let outcome: Outcome | null = null
  const failures: unknown[] = []
  const fail = (error: unknown) => {
    // What the store could not take on the way to beginning anew is counted anew.
    if (outcome === 'grown' && error instanceof StoreUnavailableError) return
    failures.push(error)
    stopping.abort()
  }
  subscription.finished.catch(fail)
  // With others there is something to be done before.
  if (parts.board !== null) parts.signal.removeEventListener('abort', stopAtOnce)
  const sharing = share(parts, partitionCount, counter, subscription, stopping).catch(fail)
  const recognising =
    endOffsets === null
      ? keepRecognising({ counter, settle, clock: parts.clock, logger, sleep, signal }).catch(fail)
      : null
  try {
    while (outcome === null && !signal.aborted) {
      await sleep(endOffsets === null ? FLUSH_INTERVAL_MS : CATCH_UP_INTERVAL_MS, signal)
      const nextOffsets = await counter.flush()
      // Not waited for: whoever takes it may be away, and nothing rests on it.
      void subscription.commit(nextOffsets)
      parts.onHeld?.(counter.held)
      if (endOffsets !== null) parts.onProgress?.(counter.progressTo(endOffsets))
      if (signal.aborted) break
      const done = await isDone()
      // Last: what was folded meanwhile may say so.
      outcome = (await hasGrown(parts, counter, partitionCount, patient)) ? 'grown' : done ? 'done' : null
    }
  } catch (error) {
    fail(error)
  }
  const { halted } = counter
  stopping.abort()
  await subscription.stop()
  await sharing
  await subscription.finished.catch(() => undefined)
  await recognising
  // The first is the cause: what failed after it failed because everything was ending.
  if (failures.length > 0) throw failures[0]
  // One that is under way: the caller closes the store next.
  await counter.flush().catch(fail)
  if (failures.length > 0) throw failures[0]
  if (parts.signal.aborted) return 'done'
  if (outcome === 'grown')
    logger.info({ partitionCount }, 'the stream has grown: counting begins anew, with more')
  else if (halted !== null && endOffsets !== null) throw halted
  return outcome ?? 'done'
}

/** Whoever counts no partition that says so learns it of the ledger. */
async function hasGrown(
  { log, ledger }: CountParts,
  counter: StreamCounter,
  partitionCount: number,
  patient: Patient,
): Promise<boolean> {
  if (counter.partitionCount > partitionCount) return true
  if (log.partitionCount <= partitionCount) return false
  const growths = await patient(() => ledger.readGrowths(log.topic))
  return growths.some(each => each.partitionCount > partitionCount)
}

type Patient = <Value>(work: () => Promise<Value>) => Promise<Value>

function createCounter(
  parts: CountParts,
  { partitionCount, ofNewPartition }: Registered,
  key: FoldKey,
  patient: Patient,
  signal: AbortSignal,
): StreamCounter {
  const { log, ledger, logger, pendingRowsMax } = parts
  return new StreamCounter({
    ...{ partitionCount, pendingRowsMax, logger, signal },
    beginFold: point => parts.beginFold(point, key),
    resume: partition => patient(() => parts.resume(partition, ofNewPartition(partition))),
    write: blocks => patient(() => parts.write(blocks)),
    async explainUnreadable(error) {
      const standings = await patient(() => ledger.readStandings(log.topic))
      const knownOffset = standings.get(error.partition)?.nextOffset ?? error.fromOffset
      return lacksReadable({ stream: log.topic, partition: error.partition }, error, knownOffset)
    },
  })
}

/** Chooses what is counted here until `stopping`, or until the process is told to end and others have taken over. */
async function share(
  parts: CountParts,
  partitionCount: number,
  counter: StreamCounter,
  subscription: Subscription,
  stopping: AbortController,
): Promise<void> {
  const { board, processName, signal, clock, logger, sleep } = parts
  if (board === null) return subscription.hold(new Set(Array(partitionCount).keys()))
  const sharing = new Sharing({
    ...{ self: processName, partitionCount, board, clock, logger, sleep },
    counted: () => counter,
    hold: partitions => subscription.hold(partitions),
  })
  await sharing.run(AbortSignal.any([signal, stopping.signal]))
  await sharing.leave(!stopping.signal.aborted)
  stopping.abort()
}
