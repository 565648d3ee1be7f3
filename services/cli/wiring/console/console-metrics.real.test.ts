import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { COLLECTOR_METRICS } from '@forbruk/console/metrics/collector-metrics.ts'
import { renderMetrics } from '@forbruk/console/metrics/render-metrics.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { useConsole } from '../../../../test/support/console/console.ts'
import { findPromtoolObstacle, runPromtool } from '../../../../test/support/prometheus/promtool.ts'

const obstacle = await findPromtoolObstacle()
const { place, countAll, close, rows } = useInstallation()
const { open, get } = useConsole(place)
const ALERTS = fileURLToPath(new URL('../../../../infra/prometheus/alerts.yml', import.meta.url))

async function scrape(): Promise<string> {
  const answer = await get('/metrics')
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ])
  return answer.text()
}

function sumOf(text: string, name: string): number {
  const samples = text.split('\n').filter(line => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

test('metrics say what the views say of a month that is counted and closed', async () => {
  await countAll()
  await close()
  await open()
  const text = await scrape()
  const [progress] = await rows(
    `SELECT toInt32(sum(records)) AS records, toInt32(sum(requests)) AS requests, toInt32(sum(rejected)) AS rejected,
            toInt32(sum(duplicates)) AS duplicates FROM ingest_progress`,
  )
  expect(progress).toEqual({
    records: sumOf(text, 'forbruk_counted_records_total'),
    requests: sumOf(text, 'forbruk_counted_requests_total'),
    rejected: sumOf(text, 'forbruk_rejected_events_total'),
    duplicates: sumOf(text, 'forbruk_duplicate_events_total'),
  })
  expect(sumOf(text, 'forbruk_counted_requests_total')).toBeGreaterThan(0)
  expect(sumOf(text, 'forbruk_lag_records')).toBe(0)
  expect(sumOf(text, 'forbruk_freshness_seconds')).toBe(0)
  expect(text).toMatch(/^forbruk_month_revision\{month="2026-10"\} 1$/m)
  const clients = z
    .array(z.object({ client: z.string() }))
    .parse(await rows('SELECT DISTINCT client_id AS client FROM usage_monthly'))
  for (const { client } of clients) expect(text).not.toContain(`"${client}"`)
})

test('what is not counted yet has its age by the log, and a look is kept for some seconds', async () => {
  await countAll()
  const { log, clock } = place()
  const appendedAtMs = clock.nowMs
  await log.append([{ value: Buffer.from('{}'), to: { partition: 0 } }])
  clock.nowMs += 90_000
  await open()
  const text = await scrape()
  expect(sumOf(text, 'forbruk_lag_records')).toBe(1)
  expect(sumOf(text, 'forbruk_freshness_seconds')).toBe(90)
  expect(sumOf(text, 'forbruk_oldest_uncounted_timestamp_seconds')).toBe(appendedAtMs / 1_000)
  clock.nowMs += 90_000
  expect(await scrape()).toBe(text)
})

test.skipIf(obstacle !== null)('Prometheus takes them, and the alert rules over them', async () => {
  await countAll()
  await open()
  expect(await runPromtool(['check', 'metrics'], await scrape())).toEqual({ code: 0, output: '' })
  const refused = new Map([['token_missing', 2]])
  const collector = { inFlightBytes: 5, accepted: 10, rejected: 1, refused }
  const { text } = await renderMetrics(COLLECTOR_METRICS, { collector })
  expect(await runPromtool(['check', 'metrics'], text)).toEqual({ code: 0, output: '' })
  expect((await runPromtool(['check', 'metrics'], 'a b c\n')).code).not.toBe(0)
  const rules = [...readFileSync(ALERTS, 'utf8').matchAll(/- alert:/g)].length
  const checked = await runPromtool(['check', 'rules', ALERTS])
  expect(checked).toEqual({ code: 0, output: expect.stringContaining(`SUCCESS: ${rules} rules found`) })
})
