import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeOneClientRegistry } from '../support/close/one-client-registry.ts'
import { readPage } from '../support/close/read-page.ts'
import { forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/**
 * Events of a producer of one's own, most of them answered with the gateway's failures, its refusals, or in the name of
 * a client that nobody has shown to be; some without an integration. Ten requests are included.
 */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-failures-'))
const settings = { FORBRUK_DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' }
const published = JSON.parse(
  readFileSync(new URL('../../schemas/tariff/default-tariff.json', import.meta.url), 'utf8'),
)

beforeAll(async () => {
  writeOneClientRegistry(folder)
  await forbruk(['registry', 'import', folder], settings)
  mkdirSync(settings.FORBRUK_DATA_DIR, { recursive: true })
  const path = join(settings.FORBRUK_DATA_DIR, 'log.sqlite')
  const log = openEmbeddedLog({ path, topic: 'gateway.requests', partitionCount: 8, clock: Date.now })
  const times = (count: number, status: number, integrationId = 'shop') =>
    Array.from({ length: count }, () => ({
      ...{ kind: 'request' as const, source: '', identity: { kind: 'none' as const }, clientId: 'firm' },
      ...{ integrationId, timeMs: Date.parse('2026-10-15T12:00:00Z'), status },
      ...{ requestBytes: 1, responseBytes: 9 },
    }))
  const events = [
    ...[...times(11, 200), ...times(1, 404), ...times(100, 429), ...times(200, 503), ...times(50, 401)],
    ...[...times(5, 407), ...times(7, 200, ''), ...times(3, 429, '')],
  ]
  await log.append(events.map(event => ({ value: encodeRequest(event), to: { partition: 0 } })))
  await log.close()
  await forbruk(['aggregate', '--until-caught-up'], settings)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function withTariff(definitions: Record<string, unknown>): Record<string, string> {
  const tariff = structuredClone(published)
  const newest = tariff.versions.at(-1)
  newest.consumption.allowance.requests = 10
  Object.assign(newest.definitions, definitions)
  const file = join(folder, 'tariff.json')
  writeFileSync(file, JSON.stringify(tariff))
  return { ...settings, FORBRUK_TARIFF: file }
}

async function proposedWith(definitions: Record<string, unknown>): Promise<string> {
  const { statements } = JSON.parse(
    await forbruk(['close', '2026-10', '--dry-run', '--json'], withTariff(definitions)),
  )
  return `${statements[0].meteredRequests} ${statements[0].proposedNok}`
}

test.each([false, true])(
  'a month is refused until it is said what use without an integration is (forced: %s)',
  async force => {
    const options = force ? ['--force', '--reason', 'it will do'] : []
    const { code, stderr } = await runForbruk(['close', '2026-10', ...options], settings)
    expect(code).toBe(3)
    expect(stderr).toContain(
      '10 requests of firm name no integration, and the tariff does not say what they are; ' +
        'set unnamedIntegration to internal, external or exception in a tariff of your own (FORBRUK_TARIFF)',
    )
  },
)

test('said, it is what the operator chose', async () => {
  expect(await proposedWith({ unnamedIntegration: 'internal' })).toBe('12 0.03')
  expect(await proposedWith({ unnamedIntegration: 'exception' })).toBe('12 0.03')
  expect(await proposedWith({ unnamedIntegration: 'external' })).toBe('19 0.15')
})

test('the tariff says whose failures count; 401 and 407 never do', async () => {
  const unnamedIntegration = 'internal'
  expect(await proposedWith({ unnamedIntegration, statusClassesNotCounted: [] })).toBe('312 5.13')
  expect(await proposedWith({ unnamedIntegration, statusClassesNotCounted: ['4xx'] })).toBe('211 3.42')
})

test('what was not counted can be seen: on the close, on the page and in the views', async () => {
  const internal = withTariff({ unnamedIntegration: 'internal' })
  const closed = await forbruk(['close', '2026-10'], internal)
  expect(closed.replaceAll(/ +/g, ' ')).toContain(
    ['', ' 5xx 200 2 000 ', ' 429 100 1 000 ', ' 401/407 55 550 ', ''].join('\n'),
  )
  const pages = join(folder, 'pages')
  const print = ['statements', 'print', '2026-10', '--payer', 'firm', '--language', 'en', '--out', pages]
  await forbruk(print, internal)
  const page = readPage(readFileSync(join(pages, '2026-10-r1-firm.en.html'), 'utf8'))
  for (const text of [
    'of which answered with 5xx, not counted 200 ',
    'of which answered with 429, not counted 100 ',
    'of which answered with 401/407, not counted 55 ',
    'Use for which the gateway names no integration counts as internal.',
    'Requests of every status but 429, 5xx count.',
  ]) {
    expect(page).toContain(text)
  }
  expect(page).not.toContain('told apart')
  const sql = 'SELECT status_class, sum(requests) FROM usage_monthly GROUP BY 1 ORDER BY 1'
  const usage = await forbruk(['sql', sql, '--format', 'TabSeparated'], internal)
  expect(usage).toBe('2xx\t18\n4xx\t1\n5xx\t200\n429\t103\n401/407\t55\n')
})
