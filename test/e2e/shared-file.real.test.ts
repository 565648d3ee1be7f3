import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { believeAnyTime, forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/** One file, shipped from two machines under two names: neither knows what the other has shipped. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-shared-'))
const settings = { FORBRUK_DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' }
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('is named in the status, and holds up its month', async () => {
  const log = join(folder, 'access.log')
  const lines = Array.from(
    { length: 12 },
    (_, second) =>
      `{"msec":"${1_790_841_600 + second}.000","client_id":"kari","integration_id":"shop",` +
      '"status":"200","request_length":10,"bytes_sent":20}\n',
  )
  writeFileSync(log, lines.join(''))
  await believeAnyTime(settings)
  for (const source of ['gw1', 'gw2']) {
    await forbruk(['ship', '--format', 'nginx-json', '--source', source, log], settings)
    // As another machine, which has no progress of this one.
    rmSync(join(settings.FORBRUK_DATA_DIR, 'shipper'), { recursive: true })
  }
  await forbruk(['aggregate', '--until-caught-up'], settings)
  expect(await forbruk(['status'], settings)).toMatch(
    /sources gw1 and gw2 have shipped the same file \([0-9a-f]{16}\): at least 12 events are counted under both/,
  )
  const { shared_files: shared } = JSON.parse(await forbruk(['status', '--json'], settings))
  expect(shared).toMatchObject([{ source: 'gw1', other_source: 'gw2', events: '12' }])
  const { code, stdout } = await runForbruk(['close', '2026-10', '--json'], settings)
  expect(code).toBe(3)
  expect(JSON.parse(stdout).refusals).toContainEqual(
    expect.objectContaining({ kind: 'file_shared', source: 'gw1', otherSource: 'gw2' }),
  )
}, 120_000)
