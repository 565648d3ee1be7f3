import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeOneClientRegistry } from '../support/close/one-client-registry.ts'
import { believeAnyTime, forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/** Two gateways of which one never shipped: its month waits for it, once somebody has named it. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-expected-'))
const settings = { FORBRUK_DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' }
const readJson = async (...args: string[]) => JSON.parse(await forbruk([...args, '--json'], settings))

beforeAll(async () => {
  writeOneClientRegistry(folder)
  await believeAnyTime(settings)
  await forbruk(['registry', 'import', folder], settings)
  const line = (time: string) =>
    JSON.stringify({
      ...{ msec: `${Date.parse(time) / 1000}.000`, client_id: 'firm', integration_id: 'shop' },
      ...{ status: '200', request_length: 40, bytes_sent: 60 },
    })
  const path = join(folder, 'access.log')
  writeFileSync(path, `${line('2026-10-15T00:00:00Z')}\n${line('2026-11-03T00:00:00Z')}\n`)
  await forbruk(['ship', '--format', 'nginx-json', '--source', 'gw1', path], settings)
  await forbruk(['aggregate', '--until-caught-up'], settings)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SILENT = 'source gw2 is expected from 2026-10 on and has never shipped anything'

test('a source that is expected and never shipped is named, and the month refused', async () => {
  const { code, stderr } = await runForbruk(['source', 'expect', 'gw\n2'], settings)
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('expected 1 to 256 characters'),
  })
  expect(await readJson('source', 'expect', 'gw2', '--from', '2026-10', '--actor', 'kari')).toEqual({
    ...{ source: 'gw2', from: '2026-10', hasShipped: false },
  })
  const refused = await runForbruk(['close', '2026-10'], settings)
  expect(refused.code).toBe(3)
  expect(refused.stderr).toContain(SILENT)
  expect(refused.stderr).toContain('forbruk source retire')
  expect(await forbruk(['status'], settings)).toContain(SILENT)
  expect(await readJson('status')).toMatchObject({
    silent_sources: [{ source: 'gw2', from_month: '2026-10', actor: 'kari' }],
  })
})

test('the list has what is expected, since when, and how it stands', async () => {
  const listed = (await forbruk(['source', 'list'], settings)).split('\n')
  expect(listed.find(row => row.includes('gw1'))).toMatch(/its first mark +2 +0 .*live/)
  expect(listed.find(row => row.includes('gw2'))).toMatch(/2026-10 +kari +0 +0 +never shipped/)
})

test('retiring it ends the expectation, and the month is closed', async () => {
  await forbruk(['source', 'retire', 'gw2', '--reason', 'was never connected', '--actor', 'kari'], settings)
  expect(await readJson('source', 'list')).toMatchObject({ shipped: [{ source: 'gw1' }], silent: [] })
  expect(await readJson('close', '2026-10')).toMatchObject({ outcome: 'closed', forced: null })
})
