import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { periodAt, periodBefore } from '@forbruk/schemas/period/billing-period.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeOneClientRegistry } from '../support/close/one-client-registry.ts'
import { forbruk, startForbruk } from '../support/process/run-forbruk.ts'

/** A closed month with use by a client that nobody knows, and usage that came later: told wherever people look. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-waiting-'))
const settings = { FORBRUK_DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' }
const path = join(folder, 'access.log')
/** Its grace is over, whatever day it is. */
const { month } = periodBefore(periodBefore(periodAt(Date.now(), 'Europe/Oslo')))
const readJson = async (...args: string[]) => JSON.parse(await forbruk([...args, '--json'], settings))

const line = (timeMs: number, client: string, bytes: number) =>
  `${JSON.stringify({
    ...{ msec: (timeMs / 1_000).toFixed(3), client_id: client, integration_id: 'shop' },
    ...{ status: '200', request_length: 0, bytes_sent: bytes },
  })}\n`
const inMonth = Date.parse(`${month}-15T12:00:00Z`)

async function countLines(text: string): Promise<void> {
  appendFileSync(path, text)
  await forbruk(['ship', '--format', 'nginx-json', '--source', 'gw1', path], settings)
  await forbruk(['aggregate', '--until-caught-up'], settings)
}

const UNCHARGED = {
  ...{ kind: 'exceptions', month, revision: 1, exception: 'unknown_client', exceptions: 1 },
  ...{ requests: '2', bytes: '120000000000', clientId: 'ukjent' },
  detail:
    `${month} r1 charges nobody for 2 requests and 120 000 000 000 bytes ` +
    'by clients that the registry does not know, by ukjent',
  todo:
    `correct the registry (forbruk registry import DIR --valid-from ${month}), ` +
    `then forbruk close ${month} --dry-run, which names the difference that --accept takes`,
}
const LATER = {
  ...{ kind: 'later_usage', month, revision: 1, detail: `usage of ${month} was counted after r1 was closed` },
  todo: `forbruk close ${month}; with --dry-run it says what that changes`,
}

beforeAll(async () => {
  writeOneClientRegistry(folder)
  await forbruk(['registry', 'import', folder], settings)
  const used = line(inMonth, 'firm', 1) + line(inMonth, 'ukjent', 60_000_000_000).repeat(2)
  await countLines(used + line(Date.now() - 60_000, 'firm', 1))
  await forbruk(['close', month], settings)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('by status, for people and for programs', async () => {
  expect(await readJson('status')).toMatchObject({ waiting: [UNCHARGED] })
  await countLines(line(inMonth + 1, 'firm', 1))
  expect(await readJson('status')).toMatchObject({ waiting: [UNCHARGED, LATER] })
  const status = (await forbruk(['status'], settings)).split('\n')
  const from = status.findIndex(row => row.includes('waits for somebody'))
  expect(status.slice(from + 1, from + 3).map(row => row.trim().split(/ {2,}/))).toEqual([
    [UNCHARGED.detail, UNCHARGED.todo],
    [LATER.detail, LATER.todo],
  ])
})

test('by the log of `forbruk up`, once, and by its API', async () => {
  const up = startForbruk(['up'], { ...settings, LOG_LEVEL: 'info' })
  await up.saying(LATER.detail)
  const [, url = ''] = /"url":"([^"]+)","msg":"console and API"/.exec(up.stderr) ?? []
  expect(await (await fetch(`${url}/v1/waiting`)).json()).toEqual({ waiting: [UNCHARGED, LATER] })
  const { stderr } = await up.stop()
  const told = stderr.split('\n').filter(row => row.includes('"waiting":'))
  expect(told.map(row => JSON.parse(row))).toMatchObject([
    {
      level: 40,
      waiting: { kind: 'exceptions', bytes: '120000000000' },
      todo: UNCHARGED.todo,
      msg: UNCHARGED.detail,
    },
    { level: 40, waiting: { kind: 'later_usage', month, revision: 1 }, todo: LATER.todo, msg: LATER.detail },
  ])
})

test('and it waits no more once it is settled', async () => {
  appendFileSync(join(folder, 'clients.csv'), 'ukjent,Ikke ukjent AS,,no\n')
  appendFileSync(join(folder, 'activations.csv'), 'ukjent,shop,2020-01-01,\n')
  await forbruk(['registry', 'import', folder, '--valid-from', month], settings)
  const todo = `forbruk close ${month} --dry-run, which names the difference that --accept takes`
  expect((await readJson('status')).waiting).toContainEqual({
    ...{ kind: 'inputs_changed', month, revision: 1, causes: ['registry'], todo },
    detail: `${month} r1 was closed by another registry than holds for it now`,
  })
  const { unaccepted } = await readJson('close', month, '--dry-run')
  const closed = await readJson('close', month, '--accept', unaccepted.join())
  expect(closed).toMatchObject({ outcome: 'revised', revision: 2 })
  expect(await readJson('status')).toMatchObject({ waiting: [] })
})
