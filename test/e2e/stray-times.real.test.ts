import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/** A gateway's clock fell back to 2001 for one line, and nobody noticed. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-stray-'))
const settings = { FORBRUK_DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' }
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const STRAY_MS = Date.UTC(2001, 0, 1)
const log = join(folder, 'access.log')
const line = (timeMs: number) =>
  `{"msec":"${(timeMs / 1_000).toFixed(3)}","client_id":"firm","integration_id":"shop",` +
  `"status":"200","request_length":10,"bytes_sent":20}\n`
const readJson = async (...args: string[]) => JSON.parse(await forbruk([...args, '--json'], settings))
const counted = async () => {
  await forbruk(['aggregate', '--until-caught-up'], settings)
  const sql =
    'SELECT toUnixTimestamp(hour) < 1e9 AS old, sum(requests) FROM usage_hourly GROUP BY old ORDER BY old'
  return (await forbruk(['sql', sql, '--format', 'TabSeparated'], settings)).trim()
}

test('an event of another age is kept, and counted only when a person vouches for its time', async () => {
  writeFileSync(log, line(STRAY_MS) + line(Date.now() - 60_000))
  await forbruk(['ship', '--format', 'nginx-json', '--source', 'gw', log], settings)
  expect(await counted()).toBe('0\t1')
  const [rejected] = await readJson('rejected', 'list')
  expect(rejected).toMatchObject({ reason: 'time_too_old', state: 'open', source: 'gw' })
  expect(rejected.detail).toMatch(
    /^the event's time is 2001-01-01T00:00:00.000Z and .* expected at most 400 d before that$/,
  )

  const where = `${rejected.partition}:${rejected.offset}`
  const replay = ['rejected', 'replay', where, '--reason', 'the clock was set to it on purpose']
  const unvouched = await runForbruk([...replay, '--set', 'status=201'], settings)
  expect(unvouched).toMatchObject({ code: 2, stderr: expect.stringContaining('or vouch for it') })
  expect(await forbruk([...replay, '--vouch-time'], settings)).toContain('1 sent')
  expect(await counted()).toBe('0\t1\n1\t1')
  expect(await readJson('rejected', 'list')).toMatchObject([{ state: 'mended' }])
  expect(await forbruk(['audit', '--replay'], settings)).toContain('audit passed')
}, 180_000)

test('with wider limits it would have been counted, and with narrow ones a late line is not', async () => {
  await forbruk(['stream', 'limits', '--past', '36500d', '--ahead', '1d'], settings)
  writeFileSync(log, line(STRAY_MS + 1_000), { flag: 'a' })
  await forbruk(['ship', '--format', 'nginx-json', '--source', 'gw', log], settings)
  expect(await counted()).toBe('0\t1\n1\t2')
  expect(await forbruk(['stream', 'limits', '--past', '30s', '--ahead', '1d'], settings)).toBe(
    'of what is appended from now on: at most 30 s before and 1 d after it is appended\n',
  )
  writeFileSync(log, line(Date.now() - 60_000), { flag: 'a' })
  await forbruk(['ship', '--format', 'nginx-json', '--source', 'gw', log], settings)
  expect(await counted()).toBe('0\t1\n1\t2')
  expect((await readJson('stream', 'limits'))[0]).toMatchObject({ past_max_ms: 30_000 })
  expect(await forbruk(['audit', '--replay'], settings)).toContain('audit passed')
  expect(await runForbruk(['stream', 'limits', '--past', '3x', '--ahead', '1d'], settings)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('expected a span such as 400d'),
  })
}, 180_000)
