import { actEntryShape } from '@forbruk/schemas/access/act.ts'
import type { Role } from '@forbruk/schemas/access/role.ts'
import { beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { CLOSE, expectProblem, useConsole } from '../../../../test/support/console/console.ts'
import { createAccessOperations } from './access-operations.ts'

const { place, countAll, rows } = useInstallation()
const { open, get, post, url } = useConsole(place)
const CASE = '/v1/cases/firma%2F2026-10'
const logShape = z.object({ entries: z.array(actEntryShape), next: z.string().nullable() })

async function make(name: string, ...roles: Role[]): Promise<{ authorization: string }> {
  const { store, clock } = place()
  const operations = createAccessOperations(store, () => clock.nowMs)
  const token = { name, roles, clientId: null, partnerId: null, expiresAfterDays: null }
  const made = await operations.makeToken(token, 'kari')
  if (made.kind === 'refused') throw new Error(made.detail)
  return { authorization: `Bearer ${made.secret}` }
}

const read = (path: string, headers: Record<string, string>) => fetch(`${url()}${path}`, { headers })

async function readLog(headers: Record<string, string>, query = '') {
  const answer = await read(`/v1/audit-log${query}`, headers)
  expect(answer.status).toBe(200)
  return logShape.parse(await answer.json())
}

/** Oldest first; the clock stands still, so that those of one moment are in no order. */
const told = ({ entries }: z.output<typeof logShape>) =>
  entries
    .map(({ act, subject, actor, via, saidActor, outcome }) =>
      [act, subject, actor, via, saidActor ?? '-', outcome].join(' '),
    )
    .toSorted()

beforeEach(async () => {
  await countAll()
  await open()
})

test('what is done is recorded with who is known to have done it, and how it ended', async () => {
  const [closer, manager, admin] = await Promise.all([
    make('closer', 'closer'),
    make('manager', 'account_manager'),
    make('admin', 'admin'),
  ])
  await post(CLOSE, { dryRun: true }, closer)
  expect((await post(CLOSE, {}, closer)).status).toBe(200)
  const action = { kind: 'note', note: 'They asked.' }
  const noted = await post(`${CASE}/steps`, { actor: 'Kari', expectedSequence: 1, action }, manager)
  expect(await noted.json()).toMatchObject({ steps: [{}, { actor: 'manager (said: Kari)' }] })
  const unsaid = await post(`${CASE}/steps`, { expectedSequence: 2, action }, manager)
  expect(await unsaid.json()).toMatchObject({ steps: [{}, {}, { actor: 'manager' }] })
  await expectProblem(
    await post(`${CASE}/steps`, { actor: 'manager', expectedSequence: 1, action }, manager),
    409,
    'case_refused',
  )
  // What may not be, or isn't right, is nothing that was done.
  await expectProblem(await post(CLOSE, {}, manager), 403, 'role_missing')
  await expectProblem(await post(CLOSE, { forgotten: 1 }, closer), 400, 'request_malformed')
  await read('/v1/months/2026-10/export', admin)

  const log = await readLog(admin)
  expect(told(log)).toEqual([
    'add_case_step firma/2026-10 manager token - done',
    'add_case_step firma/2026-10 manager token - refused',
    'add_case_step firma/2026-10 manager token Kari done',
    'close_month 2026-10 closer token - done',
    'export_table 2026-10 admin token - done',
  ])
  const [first, second] = [await readLog(admin, '?limit=3'), await readLog(admin, '?limit=2')]
  const rest = await readLog(admin, `?limit=3&after=${encodeURIComponent(first.next ?? '')}`)
  expect([...first.entries, ...rest.entries]).toEqual(log.entries)
  expect(second.entries).toEqual(log.entries.slice(0, 2))
  await expectProblem(await read('/v1/audit-log?after=x', admin), 422, 'question_unclear')
  await expectProblem(await read('/v1/audit-log', closer), 403, 'role_missing')
})

test('on one machine without tokens it is believed who is named, and recorded as said', async () => {
  await post(CLOSE)
  const action = { kind: 'note', note: 'They asked.' }
  await expectProblem(await post(`${CASE}/steps`, { expectedSequence: 1, action }), 400, 'request_malformed')
  const noted = await post(`${CASE}/steps`, { actor: 'Kari', expectedSequence: 1, action })
  expect(await noted.json()).toMatchObject({ steps: [{}, { actor: 'Kari' }] })
  await get('/v1/usage?month=2026-10&client=firma')
  expect(told(await readLog({}))).toEqual([
    'add_case_step firma/2026-10 loopback loopback Kari done',
    'close_month 2026-10 loopback loopback - done',
  ])
})

test('that somebody looked at a client by name is recorded once a day; lists and totals are not', async () => {
  const [reader, admin] = await Promise.all([make('reader', 'reader'), make('admin', 'admin')])
  const { clock } = place()
  await post(CLOSE, {}, admin)
  const look = async () => {
    await read('/v1/usage?month=2026-10&split=client', reader)
    await read('/v1/cases', reader)
    await read('/v1/usage?month=2026-10&client=firma&client=kunde', reader)
    await read(CASE, reader)
    await read('/v1/months/2026-10/statements/kunde', reader)
    await read('/v1/months/2026-10/statements/kunde.html', reader)
  }
  await look()
  await look()
  const looked = (log: string[]) => log.filter(each => each.startsWith('read_client'))
  const once = ['read_client firma reader token - done', 'read_client kunde reader token - done']
  expect(looked(told(await readLog(admin)))).toEqual(once)
  clock.nowMs += 86_400_000
  await look()
  expect(looked(told(await readLog(admin)))).toEqual([...once, ...once].toSorted())
})

test('what can’t be recorded is not done', async () => {
  const admin = await make('admin', 'admin')
  await place().store.command('RENAME TABLE audit_entry TO audit_entry_away')
  try {
    expect((await post(CLOSE, {}, admin)).status).toBe(500)
    expect(await rows('SELECT * FROM month_close')).toEqual([])
  } finally {
    await place().store.command('RENAME TABLE audit_entry_away TO audit_entry')
  }
  expect((await post(CLOSE, {}, admin)).status).toBe(200)
})
