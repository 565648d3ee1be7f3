import type { KnownSources } from '@forbruk/infra/ledger/sources/sources.ts'
import type { LogBounds } from '@forbruk/infra/log/event-log.ts'
import type { IngestProgress } from '@forbruk/infra/store/tables/ingest-progress.ts'
import { groupThousands } from '@forbruk/schemas/number/group-thousands.ts'

/** A partition of the log, and what is counted of it; null where nothing is. */
export type PartitionCounted = {
  readonly partition: number
  readonly bounds: LogBounds
  readonly progress: IngestProgress | null
}

/** Where nothing is counted, counting begins where the log does. Pure, as the others here. */
export function nextOffsetOf({ bounds, progress }: PartitionCounted): number {
  return progress?.nextOffset ?? bounds.startOffset
}

export function lagOf(each: PartitionCounted): number {
  return Math.max(0, each.bounds.endOffset - nextOffsetOf(each))
}

/** How much of the log is counted, and how new that is. */
export function tellFreshness(partitions: readonly PartitionCounted[], standing: number) {
  const lag = partitions.reduce((sum, each) => sum + lagOf(each), 0)
  const times = partitions.flatMap(({ progress }) => progress?.lastAppendTimeMs ?? [])
  const newestMs = times.length === 0 ? null : Math.max(...times)
  const newestRecordAt = newestMs === null ? null : new Date(newestMs).toISOString()
  return { lag, newestRecordAt, standing, detail: describeFreshness(lag, newestRecordAt, standing) }
}

function describeFreshness(lag: number, newestRecordAt: string | null, standing: number): string {
  const waiting = `${groupThousands(String(lag), ' ')} ${lag === 1 ? 'record' : 'records'} of the log`
  if (standing > 0) {
    const partitions = standing === 1 ? '1 partition' : `${standing} partitions`
    return `Nobody counts on ${partitions}, though there are records: ${waiting} wait.`
  }
  if (newestRecordAt === null)
    return lag === 0 ? 'Nothing has come to the log yet.' : `Nothing of ${waiting} is counted yet.`
  const newest = `the newest that is counted came at ${newestRecordAt}`
  return lag === 0
    ? `All that is in the log is counted: ${newest}.`
    : `${waiting} ${lag === 1 ? 'is' : 'are'} not counted yet: ${newest}.`
}

/** How far sources say that they have shipped, and what of it has not arrived. */
export function tellCompleteness({ shipped, silent }: KnownSources) {
  const sources = shipped.filter(({ retired }) => retired === null)
  const marking = sources.filter(({ givesMarks }) => givesMarks)
  const times = marking.flatMap(({ throughMs }) => throughMs ?? [])
  const isTold = times.length === marking.length && times.length > 0 && silent.length === 0
  const facts: Completeness = {
    through: isTold ? new Date(Math.min(...times)).toISOString() : null,
    missing: sources.reduce((sum, each) => sum + Math.max(0, each.missing), 0),
    sources: sources.length,
    withoutMarks: sources.length - marking.length,
    silent: silent.map(({ source }) => source),
  }
  return { ...facts, detail: describeCompleteness(facts) }
}

type Completeness = {
  readonly through: string | null
  readonly missing: number
  readonly sources: number
  readonly withoutMarks: number
  readonly silent: readonly string[]
}

function describeCompleteness({ through, missing, sources, withoutMarks, silent }: Completeness): string {
  if (sources === 0 && silent.length === 0) return 'No source has shipped anything yet.'
  const lost = `${groupThousands(String(missing), ' ')} shipped events have not arrived`
  const never = `expected, and never heard of: ${silent.join(', ')}`
  const marks = withoutMarks === 1 ? '1 source says' : `${withoutMarks} sources say`
  return [
    through === null
      ? 'Not every source has said yet how far it has shipped.'
      : `Every source that says so has shipped everything through ${through}.`,
    ...(missing > 0 ? [`${lost}.`] : []),
    ...(silent.length > 0 ? [`${never[0]?.toUpperCase()}${never.slice(1)}.`] : []),
    ...(withoutMarks > 0 ? [`${marks} nothing of how far it is.`] : []),
  ].join(' ')
}
