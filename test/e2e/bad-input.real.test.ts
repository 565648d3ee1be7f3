import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  believeAnyTime,
  type Finished,
  forbruk,
  runForbruk,
  startForbruk,
} from '../support/process/run-forbruk.ts'

/** Whatever is typed in or shipped: a clear message or a rejected event, never a crash, and nothing lost. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-bad-input-'))
const settings = { FORBRUK_DATA_DIR: join(folder, 'data') }
const path = (name: string) => join(folder, name)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function expectClear(finished: Finished, code: number, ...words: string[]): void {
  for (const word of words) expect(finished.stderr).toContain(word)
  expect(finished.code, finished.stderr).toBe(code)
  expect(finished.stderr, 'a stack trace is no message').not.toMatch(/^\s+at .+:\d+:\d+/m)
}

const COMBINED = ['--format', 'combined', '--client-field', 'remote_user']
const ship = (...args: string[]) => runForbruk(['ship', '--source', 'gw', ...args], settings)

describe('ship', () => {
  test('an unknown format lists the known ones', async () => {
    expectClear(await ship('--format', 'nginx', path('x')), 2, 'nginx-json', 'combined')
  })

  test('an unknown field is named, with the known ones', async () => {
    expectClear(
      await ship('--format', 'combined', '--client-field', 'nobody', path('x')),
      2,
      'nobody',
      'remote_user',
    )
  })

  test('who is metered is chosen, never taken for granted', async () => {
    expectClear(
      await ship('--format', 'combined', path('x')),
      2,
      '--client-field',
      'remote_addr',
      'remote_user',
      'unchecked',
    )
  })

  test('no source, no file: says how it is called', async () => {
    expectClear(await runForbruk(['ship', '--format', 'combined', 'x'], settings), 2, '--source')
    expectClear(await ship('--format', 'combined'), 2, 'file')
  })

  test('a missing file and a directory are named', async () => {
    expectClear(await ship(...COMBINED, path('absent.log')), 1, 'absent.log')
    mkdirSync(path('folder.log'))
    expectClear(await ship(...COMBINED, path('folder.log')), 1, 'folder.log', 'directory')
  })

  test('an empty file ships nothing and says so', async () => {
    writeFileSync(path('empty.log'), '')
    const { code, stdout } = await ship(...COMBINED, path('empty.log'))
    expect(code).toBe(0)
    expect(stdout).toContain('0 lines')
  })
})

describe('rejected', () => {
  const rejected = (...args: string[]) => runForbruk(['rejected', ...args], settings)

  test('a reason that there isn’t is told from one of which there is nothing', async () => {
    expectClear(await rejected('list', '--reason-code', 'no_client'), 2, '--reason-code', 'client_missing')
    const waive = ['waive', '--reason-code', 'no_client', '--month', '2026-10', '--reason', 'x']
    expectClear(await rejected(...waive), 2, 'client_missing')
    expectClear(await rejected('replay', '--reason-code', 'x', '--reason', 'x'), 2, 'client_missing')
  })

  test('times between which nothing lies, and what is no time, month or setting', async () => {
    const swapped = ['--from', '2026-10-02', '--until', '2026-10-01']
    expectClear(await rejected('list', ...swapped), 2, 'expected --until to be later')
    expectClear(await rejected('list', '--from', 'yesterday'), 2, '--from', '2026-10-31T23:00:00Z')
    expectClear(await rejected('list', '--month', '2026-13'), 2, '2026-13')
    const many = { ...settings, FORBRUK_REJECTED_ROWS: '-1' }
    expectClear(await runForbruk(['rejected', 'compact'], many), 2, 'FORBRUK_REJECTED_ROWS')
  })

  test('a key without what it came with, and one that is none', async () => {
    const again = ['replay', '--reason', 'x']
    expectClear(await rejected(...again, '--idempotency-key', 'k'), 2, '--file')
    expectClear(
      await rejected(...again, '--file', 'x', '--idempotency-key', 'two words'),
      2,
      'without spaces',
    )
  })
})

describe('settings', () => {
  test('every wrong value is named, with what was expected, before anything starts', async () => {
    const wrong = {
      ...settings,
      KAFKA_BROKERS: 'http//nowhere',
      FORBRUK_STORE_LISTEN: '99999',
      LOG_LEVEL: 'loud',
    }
    const finished = await runForbruk(['status'], wrong)
    expectClear(finished, 2, 'KAFKA_BROKERS', 'http//nowhere', 'FORBRUK_STORE_LISTEN', 'LOG_LEVEL', 'loud')
  })

  test('brokers that are not there are named', async () => {
    const unreachable = { ...settings, KAFKA_BROKERS: '127.0.0.1:1' }
    writeFileSync(path('one.log'), '{"msec":"1790000000.000"}\n')
    const args = ['ship', '--source', 'gw', '--format', 'nginx-json', path('one.log')]
    expectClear(await runForbruk(args, unreachable), 1, '127.0.0.1:1')
  })

  test('a store that is not there is named', async () => {
    const unreachable = { ...settings, CLICKHOUSE_URL: 'http://127.0.0.1:1' }
    expectClear(await runForbruk(['sql', 'SELECT 1'], unreachable), 1, '127.0.0.1:1')
  })
})

test('doctor tells what is well and what is not, and by its exit code', async () => {
  const well = await runForbruk(['doctor'], settings)
  expect(well).toMatchObject({ code: 0, stderr: '' })
  expect(well.stdout).toMatch(/^store +ok /m)
  const ill = await runForbruk(['doctor', '--json'], { ...settings, CLICKHOUSE_URL: 'http://127.0.0.1:1' })
  expect(ill.code).toBe(1)
  expect(JSON.parse(ill.stdout)).toContainEqual({
    check: 'store',
    state: 'problem',
    found: expect.stringContaining('could not be reached'),
  })
})

test('a month that is none, one that has nothing, and one that is not over', async () => {
  expectClear(await runForbruk(['close', '2026-13'], settings), 2, '2026-13', 'YYYY-MM')
  expectClear(await runForbruk(['close', '2099-12'], settings), 3, '2099-12')
})

describe('lines that are no requests', () => {
  const good = (client: string) =>
    `{"msec":"1790841600.123","client_id":"${client}","integration_id":"shop","status":"200",` +
    '"request_length":10,"bytes_sent":20}'
  const lines: [string, Buffer | string][] = [
    ['', good('first')],
    ['client_missing', good('')],
    ['bytes_invalid', good('a').replace(':10,', ':-10,')],
    ['bytes_invalid', good('a').replace(':20}', ':1e30}')],
    ['status_invalid', good('a').replace('"200"', '"20000"')],
    ['time_invalid', good('a').replace('1790841600.123', '17908416000000.5')],
    [
      'line_not_utf8',
      Buffer.concat([Buffer.from(good('a').slice(0, 40)), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    ],
    ['line_too_long', `{"path":"${'x'.repeat(10 * 1024 * 1024)}"}`],
    ['', good('last')],
    ['line_truncated', good('cut').slice(0, 60)],
  ]

  beforeAll(async () => {
    const bytes = lines.map(([, line]) => (typeof line === 'string' ? Buffer.from(line) : line))
    const newline = Buffer.from('\n')
    // The last line was cut off in writing: no newline.
    const content = bytes.flatMap((line, index) => (index === bytes.length - 1 ? [line] : [line, newline]))
    writeFileSync(path('bad.log'), Buffer.concat(content))
    await believeAnyTime(settings)
    await forbruk(['ship', '--source', 'gw', '--format', 'nginx-json', path('bad.log')], settings)
    await forbruk(['aggregate', '--until-caught-up'], settings)
  })

  test('are not shipped again under another name', async () => {
    const args = ['ship', '--source', 'gw-renamed', '--format', 'nginx-json', path('bad.log')]
    expectClear(await runForbruk(args, settings), 3, path('bad.log'), '"gw"', 'Ship it as "gw"')
  })

  test('are rejected events with reason and origin, and the good ones around them are counted', async () => {
    const rejected = JSON.parse(await forbruk(['rejected', 'list', '--json'], settings))
    const expected = lines.map(([reason]) => reason).filter(reason => reason !== '')
    expect(rejected.map((row: { reason: string }) => row.reason).sort()).toEqual(expected.sort())
    for (const row of rejected) expect(row).toMatchObject({ source: 'gw', position: expect.any(String) })
    const counted = await forbruk(
      ['sql', 'SELECT client_id FROM usage_hourly ORDER BY 1', '--format', 'TSV'],
      settings,
    )
    expect(counted).toBe('first\nlast\n')
  })

  test('leave the proof whole', async () => {
    const report = JSON.parse(await forbruk(['audit', '--replay', '--json'], settings))
    expect(report).toMatchObject({ findings: [], requests: '2', rejected: '8', duplicates: '0' })
  })
})

describe('an audit', () => {
  test('fails, and names the block, when a row was tampered with', async () => {
    const { openStore } = await import('@forbruk/infra/store/open-store.ts')
    const path = join(settings.FORBRUK_DATA_DIR, 'store')
    const store = await openStore({ kind: 'embedded', path, database: 'forbruk' })
    await store.command(`
      INSERT INTO usage_rollup
      SELECT * REPLACE (response_bytes + 1 AS response_bytes) FROM usage_rollup FINAL WHERE client_id = 'first'`)
    await store.close()
    const { code, stdout } = await runForbruk(['audit', '--replay'], settings)
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /FAILED rollup_equals_ledger: partition \d+, block 0: response bytes .* 1 too many/,
    )
    expect(stdout).toMatch(/FAILED replay_equals_stored: .*client first, integration shop/)
  })
})

describe('sql', () => {
  test('works on a data folder given relative to the working folder', async () => {
    const relativeDir = { ...settings, FORBRUK_DATA_DIR: relative(process.cwd(), settings.FORBRUK_DATA_DIR) }
    expect(await forbruk(['sql', 'SELECT 1', '--format', 'TSV'], relativeDir)).toBe('1\n')
  })

  test('reads only', async () => {
    for (const statement of ['DROP TABLE usage_rollup', "SELECT * FROM file('/etc/hosts', 'LineAsString')"]) {
      const { code, stderr } = await runForbruk(['sql', statement], settings)
      expect(code, stderr).toBe(1)
      expect(stderr).toMatch(/readonly/i)
    }
  })

  test('a mistake is told as ClickHouse tells it', async () => {
    expectClear(
      await runForbruk(['sql', 'SELECT nothing_like_it FROM usage_hourly'], settings),
      1,
      'nothing_like_it',
    )
  })
})

describe('up', () => {
  test('a port in use is named, with the setting that chooses another', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const finished = await runForbruk(['up'], { ...settings, FORBRUK_STORE_LISTEN: `127.0.0.1:${port}` })
    server.close()
    expectClear(finished, 1, String(port), 'FORBRUK_STORE_LISTEN')
  })

  test('a data folder that another process holds: writers are told by whom, readers go through it', async () => {
    const up = startForbruk(['up'], settings)
    await up.saying('counting')
    expectClear(await runForbruk(['aggregate'], settings), 1, String(up.child.pid))
    expect(
      await forbruk(['sql', 'SELECT sum(requests) FROM usage_hourly', '--format', 'TSV'], settings),
    ).toBe('2\n')
    for (const readers of [['status'], ['audit'], ['rejected', 'list']]) await forbruk(readers, settings)
    const { code } = await up.stop()
    expect(code).toBe(0)
  })
})
