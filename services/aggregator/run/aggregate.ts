import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { makeStreamKey } from '@forbruk/infra/ledger/blocks/stream-key.ts'
import { createLedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { openSignBoard } from '@forbruk/infra/signs/sign-board.ts'
import { readInstallation } from '@forbruk/infra/store/read-installation.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { RequestScanner } from '@forbruk/schemas/wire/scan/scan-requests.ts'
import type { Logger } from 'pino'
import { DEFAULT_GEOMETRY, FOLD_VERSION, UNSIGNED_VERSION } from '../count/block.ts'
import { hashOrigin } from '../count/hash-identity.ts'
import { judgeTime } from '../count/judge-time.ts'
import { PartitionFold } from '../count/partition-fold.ts'
import { findRepeated } from '../recognise/find-repeated.ts'
import { HASHES_MAX, Recogniser } from '../recognise/recogniser.ts'
import { resumePartition } from '../resume/resume.ts'
import { keepSettling } from '../settle/keep-settling.ts'
import { countLog } from './count-log.ts'
import { encodeBlock } from './encode-block.ts'
import { flushRows } from './flush.ts'
import { sleep } from './sleep.ts'
import type { CountProgress } from './stream-counter.ts'

/** Some hundred megabytes. */
const PENDING_ROWS_MAX = 200_000

type AggregateSettings = {
  readonly log: EventLog
  readonly store: Store
  readonly logger: Logger
  /** Ends the run in order: what is folded is written first. */
  readonly signal: AbortSignal
  /** Stop when everything that was in the log at the start is counted. */
  readonly untilCaughtUp: boolean
  readonly onProgress?: (progress: CountProgress) => void
  readonly onHeld?: (partitions: ReadonlySet<number>) => void
}

/**
 * Counts the log into the store until `signal`, or until caught up. Waits out a store that is away; throws what waiting
 * doesn't mend, having written nothing that the ledger doesn't vouch for.
 */
export async function aggregate(settings: AggregateSettings): Promise<void> {
  if (settings.untilCaughtUp) return count(settings)
  const { log, store, logger } = settings
  const counted = new AbortController()
  const signal = AbortSignal.any([settings.signal, counted.signal])
  const stream = log.topic
  const settling = keepSettling({ store, stream, newId: randomUUID, clock: Date.now, logger, sleep, signal })
  try {
    await count(settings)
  } finally {
    counted.abort()
    await settling
  }
}

function count(settings: AggregateSettings): Promise<void> {
  const { log, store } = settings
  const ledger = createLedgerReader(store)
  const scanner = new RequestScanner()
  const foldVersionMax = FOLD_VERSION
  const recogniser = new Recogniser({ ledger, store, log, hashOrigin, findRepeated, hashesMax: HASHES_MAX })
  return countLog({
    ...settings,
    ledger,
    readGroup: async () => `forbruk-aggregator.${log.topic}.${await readInstallation(store)}`,
    // An embedded store belongs to this process alone.
    board: store.kind === 'server' ? openSignBoard(store, log.topic) : null,
    processName: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
    sleep,
    unsignedVersion: UNSIGNED_VERSION,
    geometry: DEFAULT_GEOMETRY,
    pendingRowsMax: PENDING_ROWS_MAX,
    resume: (partition, ofNewPartition) =>
      resumePartition({ ledger, store, log, ofNewPartition, foldVersionMax }, partition),
    openKey: () => makeStreamKey(store, log.topic),
    beginFold: (point, { verify }) =>
      new PartitionFold(point, {
        ...{ foldVersionMax, scanner, judge: judgeTime, encode: encodeBlock },
        ...{ verify, unsignedVersion: UNSIGNED_VERSION },
      }),
    write: blocks => flushRows(store, blocks),
    settle: signal => recogniser.settle(signal),
    clock: () => performance.now(),
    epochMs: Date.now,
  })
}
