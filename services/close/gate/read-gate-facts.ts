import { readCoverage } from '@forbruk/infra/ledger/blocks/coverage.ts'
import { readDatedGaps } from '@forbruk/infra/ledger/blocks/gaps.ts'
import { readFirstAppendTime, readGrowths } from '@forbruk/infra/ledger/blocks/progress.ts'
import { countedPartitions, readOtherStreams, readStream } from '@forbruk/infra/ledger/blocks/stream.ts'
import { countUnknown } from '@forbruk/infra/ledger/recognition/recognition.ts'
import { readExpectedSources } from '@forbruk/infra/ledger/sources/expected-sources.ts'
import { readReconciliations } from '@forbruk/infra/ledger/sources/reconciliations.ts'
import { readSharedFiles } from '@forbruk/infra/ledger/sources/shared-files.ts'
import { readKnownSources, type Source } from '@forbruk/infra/ledger/sources/sources.ts'
import { hasUsage } from '@forbruk/infra/ledger/usage/usage.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { readRejected } from '../rejected/read-rejected.ts'
import { type GateFacts, GRACE_MS, type SourceFacts } from './gate.ts'
import type { PartitionFacts } from './judge-partition.ts'
import { mayTouch } from './may-touch.ts'
import { readOtherClocks } from './read-other-clocks.ts'

/**
 * Finds out, from store and log, what the gate judges. The log is asked before the ledger: what is appended meanwhile
 * then makes no complete partition look behind.
 */
export async function readGateFacts(
  store: Store,
  log: EventLog,
  month: string,
  range: PeriodRange,
): Promise<GateFacts> {
  const { startMs, endMs } = range
  const stream = log.topic
  const graceEndMs = endMs + GRACE_MS
  // Hears of partitions that the topic has got.
  await log.bounds(0)
  const inLog = await Promise.all(
    Array.from({ length: log.partitionCount }, (_, partition) => readPartition(log, partition, graceEndMs)),
  )
  const coverage = await readCoverage(store, stream)
  const stored = await readStream(store, stream)
  const { shipped, silent } = await readKnownSources(store, stream)
  const sources = shipped.map(toSourceFacts)
  return {
    month,
    endMs,
    graceEndMs,
    stream,
    logPartitions: inLog.length,
    storedPartitions: stored && countedPartitions(stored, await readGrowths(store, stream)),
    partitions: inLog.map(facts => ({ ...facts, ledger: coverage.get(facts.partition) ?? null })),
    otherClocks: await readOtherClocks(store, log.stampedBy, inLog, graceEndMs),
    sources,
    silent,
    shared: await readSharedFiles(store, stream, range),
    ...(await readRejected(store, { stream, month, range }, sources)),
    reconciled: await readReconciliations(store, stream, range),
    expected: await readExpectedSources(store, stream, range, graceEndMs),
    gaps: (await readDatedGaps(store, stream)).filter(gap => mayTouch(gap, startMs, graceEndMs)),
    unknownRequests: await countUnknown(store, stream, range),
    hasUsage: await hasUsage(store, stream, range),
    firstAppendTimeMs: await readFirstAppendTime(store, stream),
    otherStreams: await readOtherStreams(store, stream, range),
  }
}

async function readPartition(
  log: EventLog,
  partition: number,
  graceEndMs: number,
): Promise<Omit<PartitionFacts, 'ledger'>> {
  // The end first: if there is no offset after the grace, all before that end was appended before it.
  const { startOffset, endOffset } = await log.bounds(partition)
  const graceOffset = await log.offsetForTime(partition, graceEndMs)
  return { partition, startOffset, endOffset, graceOffset }
}

/** As the close records them. */
function toSourceFacts(known: Source): SourceFacts {
  const { source, throughMs, missing, format, identity, givesMarks, obstacles, instances, retired } = known
  return { source, throughMs, missing, format, identity, givesMarks, obstacles, instances, retired }
}
