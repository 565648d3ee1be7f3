import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import type { EventIdentity } from '@forbruk/schemas/event/log-event.ts'
import { encodeRejectedLine, encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { afterAll, describe, expect, test } from 'vitest'
import { countArrived } from './count-arrived.ts'
import { countServed } from './count-served.ts'
import { describeReconciliation, judgeReconciliation } from './judge-reconciliation.ts'
import { readScrape } from './read-scrape.ts'

/** As the programs write them: NGINX's from a run, the others by their documentation. */
const nginx = (requests: number) =>
  `Active connections: 1 \nserver accepts handled requests\n 12 12 ${requests} \nReading: 0 Writing: 1 Waiting: 0 \n`
const haproxy = (api: number, stats: number) =>
  '# HELP haproxy_frontend_http_requests_total Total number of HTTP requests processed by this object since the ' +
  'worker process started\n# TYPE haproxy_frontend_http_requests_total counter\n' +
  `haproxy_frontend_http_requests_total{proxy="api"} ${api}\n` +
  `haproxy_frontend_http_requests_total{proxy="stats"} ${stats}\n`
const kong = (ok: number, other: number) =>
  `kong_http_requests_total{service="a",route="r",code="200",source="service",consumer=""} ${ok}\n` +
  `kong_http_requests_total{service="a",route="r",code="404",source="kong",consumer=""} ${other}\n`
const envoy = (requests: number) =>
  '# TYPE envoy_http_downstream_rq_total counter\n' +
  'envoy_http_downstream_rq_total{envoy_http_conn_manager_prefix="admin"} 7\n' +
  `envoy_http_downstream_rq_total{envoy_http_conn_manager_prefix="ingress_http"} ${requests}\n` +
  'envoy_http_downstream_rq_total_other{} 1\n'
const traefik = (requests: string) =>
  `traefik_entrypoint_requests_total{code="200",entrypoint="web",method="GET",protocol="http"} ${requests}\n` +
  'traefik_entrypoint_requests_total{code="200",entrypoint="traefik",method="GET",protocol="http"} 3\n'

const labels = (all: Record<string, string> = {}) => new Map(Object.entries(all))
const served = (pages: readonly string[], wanted = labels()) =>
  countServed(pages.map(page => readScrape(page, wanted)))

test.each<[string, string[], Map<string, string>, number, number]>([
  ['nginx', [nginx(100), nginx(150)], labels(), 50, 0],
  ['haproxy', [haproxy(100, 5), haproxy(150, 9)], labels({ proxy: 'api' }), 50, 0],
  ['haproxy', [haproxy(100, 5), haproxy(150, 9)], labels(), 54, 0],
  ['kong', [kong(10, 2), kong(20, 5)], labels(), 13, 0],
  ['envoy', [envoy(1), envoy(41)], labels(), 40, 0],
  ['traefik', [traefik('5'), traefik('1.5e+06')], labels({ entrypoint: 'web' }), 1_499_995, 0],
  ['nginx', [nginx(100), nginx(30), nginx(90)], labels(), 90, 1],
  // One counter stands higher than before, and yet began anew with the other.
  ['kong', [kong(10, 2), kong(3, 4)], labels(), 7, 1],
])('what %s served is the growth of its counters', (counter, pages, wanted, count, resets) => {
  expect(served(pages, wanted)).toEqual({ counter, served: count, resets })
})

test('a counter that is new has counted from nothing, and one that is gone began anew', () => {
  const first = `${kong(10, 2).split('\n')[0]}\n`
  expect(served([first, kong(12, 3)])).toMatchObject({ served: 5, resets: 0 })
  expect(served([kong(12, 3), first])).toMatchObject({ served: 10, resets: 1 })
})

test.each<[string, string[], Map<string, string>, RegExp]>([
  [
    'another page',
    ['<html>', nginx(1)],
    labels(),
    /no counter of requests was found; expected NGINX's stub_status/,
  ],
  ['one page', [nginx(1)], labels(), /expected the counters twice or more/],
  ['two programs', [nginx(1), kong(1, 1)], labels(), /those of nginx, then of kong/],
  [
    'no such label',
    [haproxy(1, 1), haproxy(1, 1)],
    labels({ proxy: 'x' }),
    /no series .* has the labels proxy=x/,
  ],
  ['labels of stub_status', [nginx(1), nginx(2)], labels({ proxy: 'x' }), /has no labels/],
  ['a broken value', [traefik('NaN'), traefik('1')], labels(), /no whole number/],
])('%s is refused', (_what, pages, wanted, message) => {
  expect(() => served(pages, wanted)).toThrow(message)
})

describe('a page in other spellings is the same', () => {
  const REQUESTS = 'kong_http_requests_total'
  const before = `${REQUESTS}{service="a",code="200"} 10\n`
  test.each([
    ['an exemplar', `${REQUESTS}{service="a",code="200"} 30 # {trace_id="x} 9"} 1.0 1790848801.5\n`],
    ['a time and an exemplar', `${REQUESTS}{service="a",code="200"} 30.0 1790848801.5 # {t="x"} 1\n# EOF\n`],
    ['a time', `${REQUESTS}{service="a",code="200"} 30 1790848801000\n`],
    ['labels in another order', `${REQUESTS}{code="200",service="a"} 30\n`],
    ['tabs and blanks', `  ${REQUESTS} { service = "a" ,\tcode="200", }\t30\n`],
    ['a byte order mark', `\ufeff${REQUESTS}{service="a",code="200"} 30\r\n`],
    ['an exponent', `${REQUESTS}{service="a",code="200"} 3e+01\n`],
    [
      'beside a metric whose name goes on',
      `${REQUESTS}{service="a",code="200"} 30\n${REQUESTS}_created{} 9\n`,
    ],
  ])('%s', (_, page) => {
    expect(served([before, page])).toEqual({ counter: 'kong', served: 20, resets: 0 })
  })

  test('without labels an exemplar is not the value either', () => {
    expect(served([`${REQUESTS} 10\n`, `${REQUESTS} 30 # {trace_id="x"} 1.0\n`]).served).toBe(20)
  })

  test('a brace or a quote in a label is the label’s', () => {
    const page = (count: number) => `${REQUESTS}{route="a} 5 \\"{",code="200"} ${count}\n`
    expect(served([page(10), page(30)], labels({ code: '200' })).served).toBe(20)
  })
})

test.each([
  ['in the middle of a number', 'kong_http_requests_total{code="200"} 12', /middle of a line/],
  ['in the middle of stub_status', nginx(150).slice(0, nginx(150).indexOf('150') + 2), /no counter/],
  ['in the middle of labels', 'kong_http_requests_total{code="20\n', /can't be read/],
  ['without a value', 'kong_http_requests_total{code="200"}\n', /can't be read/],
  ['two pages in one', kong(1, 1) + kong(9, 9), /there twice/],
  ['in hex', traefik('0x1F'), /no whole number/],
  ['negative', traefik('-5'), /no whole number/],
  ['infinite', traefik('+Inf'), /no whole number/],
  ['beyond what is exact', traefik('9007199254740993'), /no whole number/],
  ['labels that are none', 'kong_http_requests_total{code=200} 5\n', /can't be read/],
])('a page that ends or counts %s is refused', (_, page, message) => {
  expect(() => served([page, page])).toThrow(message)
})

test('a difference beyond the tolerance is told, and too many are none after a counter began anew', () => {
  const compared = {
    ...{
      source: 'kong-1',
      fromTimeMs: Date.UTC(2026, 10, 1),
      toTimeMs: Date.UTC(2026, 10, 2),
      counter: 'kong',
    },
    ...{ served: 1_000, resets: 0, arrived: 990, rejected: 2, tolerance: 0 },
  }
  expect(judgeReconciliation(compared)).toBe('short')
  expect(describeReconciliation(compared)).toBe(
    'Source kong-1: its gateway served 1 000 requests from 2026-11-01T00:00:00.000Z to 2026-11-02T00:00:00.000Z, ' +
      'by the counters of kong; 990 arrived and 2 were rejected, which is 8 too few.',
  )
  expect(judgeReconciliation({ ...compared, tolerance: 8 })).toBe('agrees')
  expect(judgeReconciliation({ ...compared, arrived: 998 })).toBe('agrees')
  expect(judgeReconciliation({ ...compared, arrived: 1_001 })).toBe('over')
  expect(judgeReconciliation({ ...compared, arrived: 1_001, tolerance: 3 })).toBe('agrees')
  expect(judgeReconciliation({ ...compared, arrived: 5_000, resets: 1 })).toBe('agrees')
  expect(describeReconciliation({ ...compared, arrived: 1_001, resets: 1, tolerance: 1 })).toContain(
    'served at least 1 000 requests',
  )
})

describe('what arrived', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-arrived-'))
  const timeMs = Date.now() - 60_000
  const span = { fromMs: timeMs - 1_000, toMs: timeMs + 1_000 }
  const log = openEmbeddedLog({
    ...{ path: join(folder, 'log.sqlite'), topic: 'arrived', partitionCount: 3, clock: () => timeMs },
  })
  afterAll(async () => {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const request = (source: string, identity: EventIdentity, at = timeMs): OutgoingRecord => ({
    to: { key: `${source}${at}` },
    value: encodeRequest({
      ...{ kind: 'request', source, identity, clientId: 'a', integrationId: '', timeMs: at, status: 200 },
      ...{ requestBytes: 1, responseBytes: 2 },
    }),
  })
  const byId = (id: string) => ({ kind: 'request_id', id }) as const
  const byPlace = (position: number) => ({ kind: 'position', file: 'f', position }) as const

  test('is each request of the source and the time once, and what was rejected', async () => {
    const rejected = {
      to: { key: 'gw' },
      value: encodeRejectedLine({
        ...{
          kind: 'rejected_line',
          source: 'gw',
          file: 'f',
          position: 9,
          reason: 'client_missing',
          detail: 'x',
        },
        ...{ excerpt: 'x', lineBytes: 1 },
      }),
    }
    await log.append([
      ...Array.from({ length: 2_000 }, (_, index) => request('gw', byId(`id-${index}`))),
      ...Array.from({ length: 100 }, (_, index) => request('gw', byId(`id-${index}`))),
      ...[1, 1, 2].map(position => request('gw', byPlace(position))),
      ...[request('gw', { kind: 'none' }), request('gw', { kind: 'none' })],
      ...[request('gw', byId('early'), span.fromMs - 1), request('gw', byId('first'), span.fromMs)],
      ...[request('gw', byId('late'), span.toMs), request('other', byId('other'))],
      ...[rejected, rejected],
    ])
    let records = 0
    const found = await countArrived(
      log,
      'gw',
      span,
      () => false,
      read => {
        records += read
      },
    )
    expect(found).toEqual({ arrived: 2_000 + 2 + 2 + 1, rejected: 1 })
    expect(records).toBe(2_000 + 100 + 3 + 2 + 2 + 2 + 2)

    await log.append([request('gw', byId('mended:0:0:0'))])
    const places: string[] = []
    for (let partition = 0; partition < 3; partition++)
      for await (const batch of log.read(partition, 0, (await log.bounds(partition)).endOffset))
        for (const { offset, value } of batch.records)
          if (value?.equals(rejected.value) === true) places.push(`${partition}:${offset}`)
    // Both copies of the line are the one request that it was mended to.
    const isMended = (at: { partition: number; offset: number }) =>
      `${at.partition}:${at.offset}` === places[0]
    const mended = await countArrived(log, 'gw', span, isMended, () => {})
    expect(places).toHaveLength(2)
    expect(mended).toEqual({ arrived: 2_000 + 2 + 2 + 1 + 1, rejected: 0 })
  })
})
