import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { believeAnyTime, forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/** A source of which a file can't be read is not called complete, until a person gives the file up. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-held-back-'))
const settings = { FORBRUK_DATA_DIR: join(folder, 'data') }
const path = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ship = (...args: string[]) => ['ship', '--source', 'gw', '--format', 'nginx-json', ...args]
const line = (second: number) =>
  `{"msec":"${1_790_841_600 + second}.000","client_id":"kari","integration_id":"shop",` +
  `"status":"200","request_length":10,"bytes_sent":20}\n`
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => line(from + index)).join('')

async function through(): Promise<string> {
  await forbruk(['aggregate', '--until-caught-up'], settings)
  const sql = "SELECT toUnixTimestamp64Milli(through) FROM source_progress WHERE source = 'gw'"
  return (await forbruk(['sql', sql, '--format', 'TabSeparated'], settings)).trim()
}

test('what can not be read holds the source back, is told, and can be given up', async () => {
  await believeAnyTime(settings)
  writeFileSync(path('one.log.gz'), gzipSync(lines(0, 500)).subarray(0, -20))
  writeFileSync(path('two.log'), lines(1_000, 1_010))
  const damaged = await runForbruk(ship(path('one.log.gz')), settings)
  expect(damaged).toMatchObject({ code: 1, stderr: expect.stringContaining('cut off or damaged') })

  expect(await forbruk(ship(path('two.log')), settings)).toMatch(
    /gw is not complete.*\n.*one\.log\.gz \(damaged\).*\n.*forbruk source accept-loss gw FILE --reason TEXT/,
  )
  const { obstacles } = JSON.parse(await forbruk(ship('--json', path('two.log')), settings))
  expect(obstacles).toMatchObject([{ reason: 'damaged', path: path('one.log.gz') }])
  expect(await through()).not.toContain('1790')

  const accept = (file: string) => ['source', 'accept-loss', 'gw', file, '--reason', 'the disk burned']
  const unknown = await runForbruk(accept(path('two.log')), settings)
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('one.log.gz (damaged)') })
  expect(await forbruk(accept(path('one.log.gz')), settings)).toContain('(damaged) is accepted as lost')
  expect(await forbruk(ship(path('two.log')), settings)).not.toContain('not complete')
  expect(await through()).toBe(String((1_790_841_600 + 1_009) * 1000))
})
