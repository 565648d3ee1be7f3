import { countAttempts } from '@forbruk/alerts/count-attempts.ts'
import { countRejected } from '@forbruk/close/rejected/count-rejected.ts'
import { readClosedMonths } from '@forbruk/close/statements/find-revision.ts'
import type { MetricFacts, PartitionFigures } from '@forbruk/console/metrics/metric-facts.ts'
import { countAlive } from '@forbruk/infra/signs/count-alive.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Waiting } from '@forbruk/schemas/waiting/waiting.ts'
import { OldestUncounted } from './find-oldest-uncounted.ts'
import type { ReadParts } from './read-parts.ts'
import { readPartitions } from './read-status.ts'
import { lagOf, nextOffsetOf } from './tell-freshness.ts'

const CLOSES_MAX = 12

/** What the metrics tell, from the store and the log's ends alone: what holds for every process. */
export function metricReader(parts: ReadParts): () => Promise<MetricFacts> {
  const { store, stream, clock } = parts
  const oldest = new OldestUncounted()
  return async () => {
    const nowMs = clock()
    const { waiting, sources, cases } = await parts.readWaiting(nowMs)
    const living = sources.shipped.filter(({ retired }) => retired === null)
    return {
      nowMs,
      partitions: await readFigures(parts, oldest),
      standing: parts.findStandstills().length,
      rejected: await countRejected(store, stream, null),
      sources: living.map(({ expected, ...source }) => ({ ...source, isExpected: expected !== null })),
      sourcesSilent: sources.silent.map(({ source }) => source),
      sourcesRetired: sources.shipped.length - living.length,
      processes: await readProcesses(store, stream),
      intakes: await parts.readIntakes(),
      collector: parts.readCollector(),
      closes: await readCloses(store),
      casesOpen: cases.filter(({ state }) => state === 'open').length,
      waiting: countByKind(waiting),
      webhookAttempts: await countAttempts(store, stream),
    }
  }
}

async function readFigures(
  { store, stream, openLog }: ReadParts,
  oldest: OldestUncounted,
): Promise<PartitionFigures[]> {
  const log = await openLog()
  const figures: PartitionFigures[] = []
  for (const each of await readPartitions(store, stream, log)) {
    const { partition, bounds, progress } = each
    const newestCountedMs = progress?.lastAppendTimeMs ?? null
    const place = { partition, nextOffset: nextOffsetOf(each), endOffset: bounds.endOffset }
    figures.push({
      ...place,
      records: progress?.records ?? 0,
      requests: progress?.requests ?? 0,
      duplicates: progress?.duplicates ?? 0,
      newestCountedMs,
      // By no less than it is, where the record itself can't be read.
      oldestUncountedMs: (await oldest.find(log, place)) ?? (lagOf(each) > 0 ? newestCountedMs : null),
    })
  }
  return figures
}

/** An embedded store belongs to one process, which tells nobody that it lives. */
async function readProcesses(store: Store, stream: string): Promise<MetricFacts['processes']> {
  if (store.kind !== 'server') return []
  const boards = await countAlive(store)
  const intakes = [...boards].filter(([board]) => board.startsWith(`${stream} intake of `))
  return [
    { kind: 'aggregator', alive: boards.get(stream) ?? 0 },
    { kind: 'intake', alive: intakes.reduce((sum, [, alive]) => sum + alive, 0) },
  ]
}

async function readCloses(store: Store): Promise<MetricFacts['closes']> {
  const newest = (await readClosedMonths(store)).filter(({ isLatest }) => isLatest).slice(0, CLOSES_MAX)
  return newest.map(({ month, revision, closedAt }) => ({
    month,
    revision,
    closedAtMs: Date.parse(closedAt),
  }))
}

function countByKind(waiting: readonly Waiting[]) {
  const byKind = Map.groupBy(waiting, ({ kind }) => kind)
  return [...byKind].map(([kind, found]) => ({ kind, findings: found.length }))
}
