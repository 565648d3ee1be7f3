import { describeLack } from '@forbruk/close/gate/describe-lack.ts'
import type { Lack, SourceFacts } from '@forbruk/close/gate/gate.ts'
import { neededOffsetOf, type PartitionFacts } from '@forbruk/close/gate/judge-partition.ts'
import { lookAtMonth } from '@forbruk/close/gate/pass-gate.ts'
import { type BillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { ReadParts } from './read-parts.ts'

type CompletenessParts = Pick<ReadParts, 'store' | 'openLog' | 'readTariff' | 'clock'>

/** What keeps a month from being closed, by partition and source. */
export async function readCompleteness(parts: CompletenessParts, period: BillingPeriod) {
  const { store, openLog, readTariff, clock } = parts
  const { month } = period
  const range = periodRange(period, (await readTariff()).timeZone)
  const look = await lookAtMonth({ store, log: await openLog(), month, range, clock })
  const { facts, lacks, estimate } = look
  return {
    month,
    stream: facts.stream,
    isComplete: lacks.length === 0,
    missing: lacks.map(toMissing),
    estimate: estimate && { notBefore: toIso(estimate.notBeforeMs), basis: estimate.basis },
    partitions: facts.partitions.map(toPartition),
    sources: facts.sources.map(source => toSource(source, range.endMs)),
  }
}

function toMissing(lack: Lack) {
  return {
    kind: lack.kind,
    detail: describeLack(lack),
    partition: 'partition' in lack ? lack.partition : null,
    source: 'source' in lack ? lack.source : null,
  }
}

function toPartition(facts: PartitionFacts) {
  const { partition, startOffset, ledger } = facts
  const neededOffset = neededOffsetOf(facts)
  const nextOffset = ledger?.nextOffset ?? null
  const uncounted = Math.max(0, neededOffset - (nextOffset ?? startOffset))
  return { partition, neededOffset, nextOffset, uncounted }
}

function toSource({ source, throughMs, givesMarks, missing, retired }: SourceFacts, endMs: number) {
  return {
    source,
    neededThrough: new Date(endMs).toISOString(),
    through: toIso(throughMs),
    givesMarks,
    missing,
    retired: retired?.reason ?? null,
  }
}

function toIso(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString()
}
