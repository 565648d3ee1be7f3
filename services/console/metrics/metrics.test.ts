import { readFileSync } from 'node:fs'
import { NO_OBSTACLES } from '@forbruk/schemas/event/log-event.ts'
import { expect, test } from 'vitest'
import { keepBriefly } from './keep-briefly.ts'
import type { MetricFacts, SourceFigures } from './metric-facts.ts'
import { METRICS } from './metrics.ts'
import { renderMetrics } from './render-metrics.ts'

const readFile = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const NOW_MS = Date.UTC(2026, 10, 2, 12)

const SOURCE: SourceFigures = {
  source: 'edge-1',
  events: 500,
  missing: 3,
  throughMs: NOW_MS - 60_000,
  obstacles: NO_OBSTACLES,
  isExpected: false,
}
const FACTS: MetricFacts = {
  nowMs: NOW_MS,
  partitions: [
    {
      partition: 0,
      ...{ endOffset: 120, nextOffset: 100, records: 99, requests: 90, duplicates: 4 },
      newestCountedMs: NOW_MS - 5_000,
      oldestUncountedMs: NOW_MS - 4_500,
    },
    {
      partition: 1,
      ...{ endOffset: 7, nextOffset: 7, records: 7, requests: 7, duplicates: 0 },
      newestCountedMs: null,
      oldestUncountedMs: null,
    },
  ],
  standing: 0,
  rejected: [
    { reason: 'client_missing', state: 'open', events: 2 },
    { reason: 'client_missing', state: 'waived', events: 40 },
  ],
  sources: [SOURCE],
  sourcesSilent: ['edge-9'],
  sourcesRetired: 1,
  processes: [{ kind: 'aggregator', alive: 2 }],
  intakes: [{ source: 'nginx', partition: 3, nextOffset: 10, endOffset: 15 }],
  collector: { inFlightBytes: 0, accepted: 10, rejected: 1, refused: new Map([['token_missing', 2]]) },
  closes: [{ month: '2026-10', revision: 2, closedAtMs: NOW_MS }],
  casesOpen: 1,
  waiting: [{ kind: 'approval', findings: 1 }],
  webhookAttempts: [{ outcome: 'failed', attempts: 5 }],
}

async function render(facts: MetricFacts): Promise<string[]> {
  return (await renderMetrics(METRICS, facts)).text.split('\n').filter(line => !line.startsWith('#'))
}

test('figures stand as they are, times in seconds, what is not known not at all', async () => {
  expect(await render(FACTS)).toEqual(
    expect.arrayContaining([
      'forbruk_counted_records_total{partition="0"} 99',
      'forbruk_lag_records{partition="0"} 20',
      'forbruk_lag_records{partition="1"} 0',
      `forbruk_oldest_uncounted_timestamp_seconds{partition="0"} ${(NOW_MS - 4_500) / 1_000}`,
      'forbruk_freshness_seconds 4.5',
      'forbruk_rejected_events_total{reason="client_missing"} 42',
      'forbruk_rejected_events_open{reason="client_missing"} 2',
      'forbruk_sources{state="silent"} 1',
      'forbruk_source_missing_events{source="edge-1"} 3',
      'forbruk_source_obstacles{source="edge-9",reason="never_heard_of"} 1',
      'forbruk_intake_lag_records{source="nginx",partition="3"} 5',
      'forbruk_collector_refused_requests_total{reason="token_missing"} 2',
      `forbruk_month_closed_timestamp_seconds{month="2026-10"} ${NOW_MS / 1_000}`,
    ]),
  )
  const without = (await render({ ...FACTS, collector: null, intakes: [] })).join('\n')
  expect(without).not.toMatch(/forbruk_(collector|intake)_/)
  expect(without).not.toContain('oldest_uncounted_timestamp_seconds{partition="1"}')
  expect(without).not.toContain('complete_through_timestamp_seconds{source="edge-9"}')
})

test('where all is counted the figures are fresh, also by a log whose clock is ahead', async () => {
  const [first, ...others] = FACTS.partitions
  if (first === undefined) throw new Error('expected a partition')
  for (const oldestUncountedMs of [null, NOW_MS + 9_000]) {
    const partitions = [{ ...first, oldestUncountedMs }, ...others]
    expect(await render({ ...FACTS, partitions })).toContain('forbruk_freshness_seconds 0')
  }
})

test('sources of which there are too many are one, and so are reasons that nobody knows', async () => {
  const many = Array.from({ length: 1_000 }, (_, index) => {
    const obstacles = { total: 20, listed: [{ reason: `strange-${index}`, path: 'x', sinceMs: 0 }] }
    return {
      ...SOURCE,
      source: `s${String(index).padStart(4, '0')}`,
      missing: -1,
      throughMs: NOW_MS - index,
      obstacles,
    }
  })
  const expectedLast = { ...SOURCE, source: 'z', isExpected: true }
  const lines = await render({ ...FACTS, sources: [...many, expectedLast], sourcesSilent: [] })
  const events = lines.filter(line => line.startsWith('forbruk_source_events_total'))
  expect(events).toHaveLength(101)
  expect(events).toContain('forbruk_source_events_total{source="z"} 500')
  expect(events).toContain(`forbruk_source_events_total{source="(others)"} ${500 * 901}`)
  expect(lines).toContain(
    `forbruk_source_complete_through_timestamp_seconds{source="(others)"} ${(NOW_MS - 999) / 1_000}`,
  )
  expect(lines).toContain('forbruk_source_missing_events{source="(others)"} 0')
  expect(lines).toContain('forbruk_source_obstacles{source="s0000",reason="other"} 20')
})

test('what docs/operating.md lists is what is told, word for word', () => {
  const rows = [...readFile('docs/operating.md').matchAll(/^\| `(forbruk_\w+)` \|.*$/gm)].map(([row]) => row)
  expect(rows).toEqual(
    METRICS.map(({ name, kind, labels, help }) => {
      const told = labels.map(label => `\`${label}\``).join(', ')
      return `| \`${name}\` | ${kind} | ${told} | ${help} |`
    }),
  )
})

test('no metric tells of a client, and units and counters are named as Prometheus asks', () => {
  const labels = new Set(METRICS.flatMap(each => each.labels))
  expect([...labels].sort()).toEqual(['kind', 'month', 'outcome', 'partition', 'reason', 'source', 'state'])
  for (const { name, kind } of METRICS)
    expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter'])
})

test('alert rules ask for nothing that is not told', () => {
  const rules = readFile('infra/prometheus/alerts.yml')
  const asked = new Set([...rules.matchAll(/\bforbruk_\w+/g)].map(([name]) => name))
  expect(asked.size).toBeGreaterThan(8)
  const told = new Set<string>(METRICS.map(({ name }) => name))
  expect([...asked].filter(name => !told.has(name))).toEqual([])
})

test('however many ask, what is kept is read once in so long, and what failed again', async () => {
  let [nowMs, reads] = [0, 0]
  let isDown = true
  const read = keepBriefly(
    async () => {
      reads += 1
      if (isDown) throw new Error('down')
      return reads
    },
    1_000,
    () => nowMs,
  )
  await expect(read()).rejects.toThrow('down')
  isDown = false
  expect(await Promise.all([read(), read(), read()])).toEqual([2, 2, 2])
  nowMs = 999
  expect(await read()).toBe(2)
  nowMs = 1_000
  expect(await read()).toBe(3)
})
