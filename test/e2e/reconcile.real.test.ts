import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeOneClientRegistry } from '../support/close/one-client-registry.ts'
import { ownEvent } from '../support/collector/open-collector.ts'
import { freePort } from '../support/process/free-port.ts'
import { killAtExit } from '../support/process/kill-at-exit.ts'
import { believeAnyTime, forbruk, runForbruk, startForbruk } from '../support/process/run-forbruk.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'
import { until } from '../support/wait/until.ts'

/** What a gateway's counters say, against what it has sent: a month isn't closed over the difference. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-reconcile-'))
const settings = {
  ...{ FORBRUK_DATA_DIR: join(folder, 'data'), FORBRUK_COLLECT_LISTEN: '127.0.0.1:0', LOG_LEVEL: 'info' },
}
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SERVED = 40
const timeMs = Date.parse('2026-10-15T12:00:00Z')
const events = Array.from({ length: SERVED }, (_, index) =>
  ownEvent(`r-${index}`, { client_id: 'firm', integration_id: 'shop', time: timeMs + index }),
)
const span = ['--from', '2026-10-15', '--to', '2026-10-16']
const reconcile = (...args: string[]) =>
  runForbruk(['source', 'reconcile', 'http', ...span, ...args], settings)

async function send(lines: readonly string[]): Promise<void> {
  const collector = startForbruk(['collect'], settings)
  await collector.saying('"msg":"collector"', 120_000)
  const url = /"url":"([^"]+)"/.exec(collector.stderr)?.[1]
  const response = await fetch(`${url}/v1/events`, { method: 'POST', body: lines.join('\n') })
  expect(await response.json()).toEqual({ events: lines.length, rejected: 0 })
  await collector.stop()
  await forbruk(['aggregate', '--until-caught-up'], settings)
}

beforeAll(async () => {
  writeOneClientRegistry(folder)
  await believeAnyTime(settings)
  await forbruk(['registry', 'import', folder], settings)
  await send(events.slice(3))
})

test('what is missing by the gateway’s word is named, and the month refused', async () => {
  const short = await reconcile('--served', String(SERVED), '--actor', 'kari')
  expect(short.code, short.stderr).toBe(1)
  expect(short.stdout).toContain('37 arrived, which is 3 too few.')
  const refused = await runForbruk(['close', '2026-10'], settings)
  expect(refused.code).toBe(3)
  expect(refused.stderr).toContain(
    'Source http: its gateway served 40 requests from 2026-10-15T00:00:00.000Z',
  )
  expect(refused.stderr).toContain('forbruk source reconcile once more')
}, 400_000)

test('once it came, and was compared once more, the month closes and its proof says so', async () => {
  await send(events.slice(0, 10))
  const page = (requests: number) =>
    `Active connections: 1 \nserver accepts handled requests\n 9 9 ${requests} \nReading: 0 Writing: 1 Waiting: 0 \n`
  const pages = [join(folder, 'before.txt'), join(folder, 'after.txt')]
  for (const [index, path] of pages.entries()) writeFileSync(path, page(100 + 41 * index))
  // The second look at the counters is a request that is not logged.
  const agrees = await reconcile('--metrics', ...pages, '--tolerance', '1', '--json')
  expect(agrees.code, agrees.stderr).toBe(0)
  expect(JSON.parse(agrees.stdout)).toEqual({
    ...{ source: 'http', from: '2026-10-15T00:00:00.000Z', to: '2026-10-16T00:00:00.000Z', counter: 'nginx' },
    ...{ served: 41, resets: 0, arrived: SERVED, rejected: 0, tolerance: 1, verdict: 'agrees' },
  })
  expect(JSON.parse(await forbruk(['close', '2026-10', '--json'], settings))).toMatchObject({
    outcome: 'closed',
    reconciled: [{ source: 'http', counter: 'nginx', served: 41, arrived: SERVED, verdict: 'agrees' }],
  })
  expect(await forbruk(['close', '2026-10', '--dry-run'], settings)).toContain(
    'Source http: its gateway served 41 requests from 2026-10-15T00:00:00.000Z',
  )
  const out = join(folder, 'pages')
  await forbruk(['statements', 'print', '2026-10', '--out', out, '--language', 'en'], settings)
  const told = readdirSync(out)
    .map(name => readFileSync(join(out, name), 'utf8'))
    .join('')
  expect(told).toMatch(
    /For part of the month, or for some of the gateways, .* and agrees within 1\srequest\./,
  )
  const proof = await forbruk(['sql', 'SELECT arrayStringConcat(definitions) FROM month_closes'], settings)
  expect(proof).toContain('its gateway served 41 requests')
  expect(proof).toContain('40 arrived, which agrees, where 1 more or fewer were tolerated.')
  expect((await runForbruk(['audit'], settings)).code).toBe(0)
}, 400_000)

test('what is typed wrong is told, and what has not ended is refused', async () => {
  expect(await reconcile()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('either --served COUNT'),
  })
  const one = await reconcile('--metrics', join(folder, 'before.txt'))
  expect(one).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('expected the counters twice or more'),
  })
  const typo = ['source', 'reconcile', 'htpp', ...span, '--served', '1']
  expect(await runForbruk(typo, settings)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('it has http'),
  })
  const later = ['source', 'reconcile', 'http', '--from', '2026-10-15', '--to', '2099-01-01', '--served', '1']
  expect(await runForbruk(later, settings)).toMatchObject({ code: 3 })
}, 400_000)

const NGINX = '/usr/sbin/nginx'
const obstacle = tellNotRun('NGINX and its stub_status', existsSync(NGINX) ? null : `no ${NGINX}`)

test.skipIf(obstacle !== null)(
  'NGINX’s own stub_status, asked by its URL',
  async () => {
    const port = await freePort()
    const prefix = join(folder, 'nginx')
    mkdirSync(join(prefix, 'logs'), { recursive: true })
    const locations = 'location = /status { stub_status; access_log off; } location / { return 204; }'
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      name => `${name}_temp_path ${prefix}/${name};`,
    )
    writeFileSync(
      join(prefix, 'nginx.conf'),
      `daemon off; master_process off; pid ${prefix}/pid; error_log ${prefix}/error.log;
     events {} http { ${paths.join(' ')} access_log ${prefix}/access.log;
     server { listen 127.0.0.1:${port}; ${locations} } }`,
    )
    const child = spawn(NGINX, [
      '-p',
      prefix,
      '-e',
      join(prefix, 'error.log'),
      '-c',
      join(prefix, 'nginx.conf'),
    ])
    killAtExit(child)
    const url = `http://127.0.0.1:${port}`
    const isUp = () =>
      fetch(url).then(
        () => true,
        () => false,
      )
    await until(isUp, () => 'NGINX does not answer')
    const before = join(folder, 'nginx-before.txt')
    writeFileSync(before, await (await fetch(`${url}/status`)).text())
    for (let request = 0; request < 25; request++) await fetch(url)
    const compared = await reconcile('--metrics', before, `${url}/status`, '--json')
    child.kill('SIGTERM')
    // 25, and the look at the counters that ends the time.
    expect(JSON.parse(compared.stdout), compared.stderr).toMatchObject({ counter: 'nginx', served: 26 })
  },
  400_000,
)
