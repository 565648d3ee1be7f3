import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { streamParquet } from '@forbruk/console/routes/stream-parquet.ts'
import { exportSplitUsage, readSplitUsage } from '@forbruk/infra/ledger/usage/split-usage.ts'
import { periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { OCTOBER, useInstallation } from '../../../../test/support/close/close-october.ts'
import { TOPIC } from '../../../../test/support/close/counted-month.ts'
import { CLOSE, expectProblem, useConsole } from '../../../../test/support/console/console.ts'

const { place, countAll, rows } = useInstallation()
const { open, post, url } = useConsole(place)

const USAGE = '/v1/usage?month=2026-10&by=day&split=client&split=statusClass'
const ask = (path: string, headers: Record<string, string> = {}) => fetch(`${url()}${path}`, { headers })
const pageShape = z.object({
  rows: z.array(
    z.object({ at: z.string(), clientId: z.string(), statusClass: z.string(), requests: z.string() }),
  ),
})

test('a table comes as JSON, as CSV and as Parquet, with the same figures', async () => {
  await countAll()
  await open()
  const page = await ask(USAGE, { accept: 'application/json' })
  const json = pageShape.parse(await page.json()).rows
  expect(json.length).toBeGreaterThan(1)

  const csv = await ask(USAGE, { accept: 'text/csv' })
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
  const [header, ...records] = parse(await csv.text())
  expect(header).toEqual(['at', 'client_id', 'status_class', 'requests', 'request_bytes', 'response_bytes'])
  expect(
    records.map(([at, clientId, statusClass, requests]) => ({ at, clientId, statusClass, requests })),
  ).toEqual(json.map(({ at, clientId, statusClass, requests }) => ({ at, clientId, statusClass, requests })))

  const parquet = await ask(USAGE, { accept: 'application/vnd.apache.parquet' })
  expect(parquet.headers.get('content-type')).toBe('application/vnd.apache.parquet')
  const bytes = Buffer.from(await parquet.arrayBuffer())
  expect(bytes.subarray(0, 4).toString()).toBe('PAR1')
  const read = await rows(
    `SELECT toString(at) AS at, client_id AS clientId, status_class AS statusClass, toString(requests) AS requests
     FROM format(Parquet, unhex('${bytes.toString('hex')}')) ORDER BY at, clientId`,
  )
  expect(read).toEqual(
    json.map(({ at, clientId, statusClass, requests }) => ({ at, clientId, statusClass, requests })),
  )
  await expectProblem(await ask(USAGE, { accept: 'image/png' }), 406, 'format_unknown')
})

const LISTS = [
  ['/v1/clients?month=2026-10&sort=requests&order=desc', 'client_id', 'requests'],
  ['/v1/months', 'month', 'statements'],
  ['/v1/months/2026-10/statements', 'payer_id', 'payable_nok'],
  ['/v1/cases', 'case_id', 'overage_requests'],
  ['/v1/sources', 'source', 'events'],
  ['/v1/audit-log', 'entry_id', 'outcome'],
  ['/v1/alerts', 'alert_id', 'used'],
  ['/v1/rejected', 'reason', 'offset'],
] as const
/** Of which there are none here. */
const EMPTY = ['/v1/alerts', '/v1/rejected']

test('every list comes as a file, as CSV and Parquet with the same rows, and all of them', async () => {
  await countAll()
  await open()
  expect((await post(CLOSE)).status).toBe(200)
  for (const [path, id, figure] of LISTS) {
    const csv = await ask(`${path}`, { accept: 'text/csv' })
    expect([path, csv.headers.get('content-type')]).toEqual([path, 'text/csv; charset=utf-8; header=present'])
    const [header = [], ...records] = z.array(z.array(z.string())).parse(parse(await csv.text()))
    const parquet = await ask(path, { accept: 'application/vnd.apache.parquet' })
    expect([path, parquet.status]).toEqual([path, 200])
    const bytes = Buffer.from(await parquet.arrayBuffer())
    expect([bytes.subarray(0, 4), bytes.subarray(-4)].join()).toBe('PAR1,PAR1')
    expect([path, header.includes(id), header.includes(figure)]).toEqual([path, true, true])
    // Of a file without rows ClickHouse says that it has no columns.
    expect([path, records.length > 0]).toEqual([path, !EMPTY.includes(path)])
    if (records.length === 0) continue
    const read = await rows(
      `SELECT toString(${id}) AS id, toString(${figure}) AS figure
       FROM format(Parquet, unhex('${bytes.toString('hex')}'))`,
    )
    const [idAt, figureAt] = [header.indexOf(id), header.indexOf(figure)]
    expect(read).toEqual(records.map(record => ({ id: record[idAt], figure: record[figureAt] })))
    await expectProblem(await ask(path, { accept: 'image/png' }), 406, 'format_unknown')
  }
  const all = await ask('/v1/clients?month=2026-10&limit=1', { accept: 'text/csv' })
  expect(parse(await all.text()).length).toBeGreaterThan(2)
  await expectProblem(await ask('/v1/months/2026-09/statements', { accept: 'text/csv' }), 404, 'not_found')
})

test('a Parquet file of many pages has all of them, each taken when the one before was', async () => {
  let read = 0
  async function* pages() {
    for (; read < 50; read++)
      yield read === 7 ? [] : [0, 1, 2].map(row => [`${read} ${row}`, null, 2n ** 62n])
  }
  const columns = [
    { name: 'name', type: 'text' },
    { name: 'note', type: 'text' },
    { name: 'requests', type: 'count' },
  ] as const
  const stream = streamParquet(columns, pages())
  await once(stream, 'readable')
  expect(read).toBeLessThan(40)
  const bytes = await buffer(stream)
  const file = `format(Parquet, unhex('${bytes.toString('hex')}'))`
  expect(await rows(`SELECT toString(count()) AS all, toString(uniq(name)) AS names FROM ${file}`)).toEqual([
    { all: '147', names: '147' },
  ])
  expect(await rows(`SELECT * FROM ${file} WHERE name IN ('0 0', '49 2') ORDER BY name`)).toEqual([
    { name: '0 0', note: null, requests: String(2n ** 62n) },
    { name: '49 2', note: null, requests: String(2n ** 62n) },
  ])
})

test('a Parquet file that would be too large is none, and no part of one', async () => {
  await countAll()
  const { store } = place()
  const range = periodRange(OCTOBER, 'Europe/Oslo')
  const question = {
    ...{ range, timeZone: 'Europe/Oslo', seen: null, interval: null, splits: ['client' as const] },
    ...{ clientIds: [], integrationIds: [], statusClasses: [], order: 'name' as const, after: null },
  }
  const clients = (await readSplitUsage(store, TOPIC, { ...question, rowsMax: 100 })).length
  expect(clients).toBeGreaterThan(1)
  expect(await exportSplitUsage(store, TOPIC, { ...question, rowsMax: clients })).toBeInstanceOf(Buffer)
  expect(await exportSplitUsage(store, TOPIC, { ...question, rowsMax: clients - 1 })).toBeNull()
})

test('who has an answer already gets none, until it says something else', async () => {
  await countAll()
  await open()
  for (const path of [USAGE, '/v1/clients?month=2026-10', '/v1/months']) {
    const first = await ask(path)
    const tag = first.headers.get('etag') ?? ''
    expect(tag).toMatch(/^"[\w-]{27}"$/)
    for (const header of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const again = await ask(path, { 'if-none-match': header })
      expect([path, header, again.status, await again.text()]).toEqual([path, header, 304, ''])
      expect(again.headers.get('etag')).toBe(tag)
    }
    expect((await ask(path, { 'if-none-match': '"x"' })).status).toBe(200)
  }
  const tag = (await ask('/v1/months')).headers.get('etag') ?? ''
  expect((await post(CLOSE)).status).toBe(200)
  expect((await ask('/v1/months', { 'if-none-match': tag })).status).toBe(200)
  // What is no answer has no tag.
  expect((await ask('/v1/clients/nobody')).headers.get('etag')).toBeNull()
})

test('a write under a key is done once, and answered the same', async () => {
  await countAll()
  await open()
  const key = { 'idempotency-key': 'close-october-1' }
  const first = await post(CLOSE, {}, key)
  const answer = await first.text()
  expect(JSON.parse(answer)).toMatchObject({ outcome: 'closed', revision: 1 })
  const again = await post(CLOSE, {}, key)
  expect([again.status, await again.text()]).toEqual([200, answer])
  // Without it the second one says that nothing was to be done.
  expect(await (await post(CLOSE)).json()).toMatchObject({ outcome: 'unchanged' })

  await expectProblem(await post(CLOSE, { dryRun: true }, key), 422, 'key_refused')
  await expectProblem(await post('/v1/months/2026-09/close', {}, key), 422, 'key_refused')
  await expectProblem(await post(CLOSE, {}, { 'idempotency-key': 'a b' }), 400, 'request_malformed')
  const upload = { clients: '', partners: '', integrations: '', activations: '' }
  await expectProblem(await post('/v1/registry', upload, key), 422, 'key_refused')
})

test('what was refused may be asked again under its key, and a key is forgotten after a day', async () => {
  await countAll()
  await open()
  const key = { 'idempotency-key': '"close-1"' }
  await expectProblem(await post('/v1/months/2026-11/close', {}, key), 409, 'month_incomplete')
  expect(await rows('SELECT * FROM api_answer')).toEqual([])
  expect((await post(CLOSE, {}, key)).status).toBe(200)
  await expectProblem(await post(CLOSE, { dryRun: true }, key), 422, 'key_refused')
  place().clock.nowMs += 25 * 3_600_000
  expect((await post(CLOSE, { dryRun: true }, key)).status).toBe(200)
  place().clock.nowMs += 25 * 3_600_000
  expect((await post(CLOSE, { dryRun: true }, key)).status).toBe(200)
  expect(await rows('SELECT toString(count()) AS kept FROM api_answer')).toEqual([{ kept: '1' }])
})

test('every answer says how many more the caller may ask for', async () => {
  await open()
  const first = await ask('/v1/health')
  expect(first.headers.get('ratelimit-policy')).toBe('"address";q=6000;w=60')
  expect(first.headers.get('ratelimit')).toMatch(/^"address";r=5999;t=60$/)
  expect((await ask('/v1/nothing')).headers.get('ratelimit')).toMatch(/^"address";r=599\d;t=/)
})
