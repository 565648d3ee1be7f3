import { describeStandstill, type Standstill } from '@forbruk/aggregator/run/find-standstills.ts'
import { readProgress } from '@forbruk/infra/ledger/blocks/progress.ts'
import { readKnownSources } from '@forbruk/infra/ledger/sources/sources.ts'
import { sumUses } from '@forbruk/infra/ledger/usage/usage.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { ReadParts } from './read-parts.ts'
import {
  lagOf,
  nextOffsetOf,
  type PartitionCounted,
  tellCompleteness,
  tellFreshness,
} from './tell-freshness.ts'

const HOUR_MS = 3_600_000

type StatusParts = Pick<ReadParts, 'store' | 'stream' | 'openLog' | 'findStandstills' | 'clock'>

/** How far the log is counted, how fast it comes, and how far sources say that they are. */
export async function readStatus(parts: StatusParts) {
  const { store, stream, findStandstills, clock } = parts
  const nowMs = clock()
  const partitions = await readPartitions(store, stream, await parts.openLog())
  const standstills = findStandstills().map(toStandstill)
  const endMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS
  const { requests } = await sumUses(store, stream, { startMs: endMs - HOUR_MS, endMs })
  return {
    stream,
    asOf: new Date(nowMs).toISOString(),
    freshness: tellFreshness(partitions, standstills.length),
    completeness: tellCompleteness(await readKnownSources(store, stream)),
    rate: { requests: String(requests), seconds: HOUR_MS / 1_000 },
    partitions: partitions.map(toPartition),
    standstills,
  }
}

/** Of each partition what the log holds and what is counted of it, the latter first: no lag is told too small. */
export async function readPartitions(
  store: Store,
  stream: string,
  log: EventLog,
): Promise<PartitionCounted[]> {
  const counted = new Map((await readProgress(store, stream)).map(each => [each.partition, each]))
  const partitions: PartitionCounted[] = []
  for (let partition = 0; partition < log.partitionCount; partition++) {
    partitions.push({
      partition,
      bounds: await log.bounds(partition),
      progress: counted.get(partition) ?? null,
    })
  }
  return partitions
}

export function toStandstill(standstill: Standstill) {
  const { partition, nextOffset, endOffset } = standstill
  return { partition, nextOffset, endOffset, detail: describeStandstill(standstill) }
}

function toPartition(each: PartitionCounted) {
  const { partition, bounds, progress } = each
  const lastAppendTimeMs = progress?.lastAppendTimeMs ?? null
  return {
    partition,
    endOffset: bounds.endOffset,
    nextOffset: nextOffsetOf(each),
    lag: lagOf(each),
    requests: progress?.requests ?? 0,
    duplicates: progress?.duplicates ?? 0,
    rejected: progress?.rejected ?? 0,
    lastAppendTime: lastAppendTimeMs === null ? null : new Date(lastAppendTimeMs).toISOString(),
  }
}
