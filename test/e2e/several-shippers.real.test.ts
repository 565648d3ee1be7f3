import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeOneClientRegistry } from '../support/close/one-client-registry.ts'
import { believeAnyTime, forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/** A host whose disk was wiped behind a rotation: what its shipper had not sent is not vouched for by the next one. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-shippers-'))
const settings = { FORBRUK_DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'error' }
const path = join(folder, 'access.log')
const readJson = async (...args: string[]) => JSON.parse(await forbruk([...args, '--json'], settings))

const line = (time: string) =>
  `${JSON.stringify({
    ...{ msec: `${Date.parse(time) / 1000}.000`, client_id: 'firm', integration_id: 'shop' },
    ...{ status: '200', request_length: 40, bytes_sent: 60 },
  })}\n`

async function ship(): Promise<void> {
  await forbruk(['ship', '--format', 'nginx-json', '--source', 'gw1', path], settings)
  await forbruk(['aggregate', '--until-caught-up'], settings)
}

beforeAll(async () => {
  writeOneClientRegistry(folder)
  await believeAnyTime(settings)
  await forbruk(['registry', 'import', folder], settings)
  writeFileSync(path, line('2026-10-15T00:00:00Z'))
  await ship()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a shipper that lost its progress does not vouch for the one before, before that is settled', async () => {
  writeFileSync(path, line('2026-10-15T00:00:00Z') + line('2026-10-20T00:00:00Z'))
  renameSync(path, `${path}.1`)
  rmSync(join(folder, 'data', 'shipper'), { recursive: true })
  writeFileSync(path, line('2026-11-03T00:00:00Z'))
  await ship()

  const refused = await runForbruk(['close', '2026-10'], settings)
  const [gone, live] = (await readJson('source', 'list')).shipped[0].instances
  expect(gone).toMatchObject({ through: expect.stringContaining('2026-10-15'), retired: null })
  expect(live).toMatchObject({ through: expect.stringContaining('2026-11-03'), retired: null })
  expect(refused.code).toBe(3)
  const typed = `forbruk source retire gw1 --instance ${gone.instance} --reason TEXT`
  expect(refused.stderr).toContain(
    `its shipper ${gone.instance} on ${gone.host} shipped through 2026-10-15T00:00:00Z`,
  )
  expect(refused.stderr).toContain(typed)
  expect(await forbruk(['status'], settings)).toContain(`${gone.instance} on ${gone.host}`)

  const retire = (instance: string) =>
    runForbruk(
      ['source', 'retire', 'gw1', '--instance', instance, '--reason', 'wiped', '--actor', 'kari'],
      settings,
    )
  expect(await retire('0123456789abcdef')).toMatchObject({ stderr: expect.stringContaining(gone.instance) })
  expect(await retire(gone.instance)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('is retired'),
  })
  const sql = "SELECT act, subject, said_actor, reason FROM audit_entry WHERE outcome = 'done'"
  const acts = await forbruk(['sql', sql, '--format', 'TSV'], settings)
  expect(acts).toContain(`retire_source\tgw1 ${gone.instance}\tkari\twiped`)
  expect(await readJson('close', '2026-10')).toMatchObject({ outcome: 'closed', forced: null })
})
