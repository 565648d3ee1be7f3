import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/** A client leaves: the month before, which is closed, still has it, until somebody says otherwise. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-accepted-'))
const settings = { FORBRUK_DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' }
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function writeRegistry(clients: string, activations: string): void {
  const tables = {
    'clients.csv': `client_id,name,partner_id,collective_invoice\n${clients}`,
    'partners.csv': 'partner_id,name\n',
    'integrations.csv': 'integration_id,name,kind\nshop,Shop,external\n',
    'activations.csv': `client_id,integration_id,active_from,active_until\n${activations}`,
  }
  for (const [name, text] of Object.entries(tables)) writeFileSync(join(folder, name), text)
}

async function countLines(name: string, times: readonly string[]): Promise<void> {
  const lines = times.map(time =>
    JSON.stringify({
      ...{ msec: `${Date.parse(time) / 1000}.000`, client_id: 'firm', integration_id: 'shop', path: name },
      ...{ status: '200', request_length: 40, bytes_sent: 60 },
    }),
  )
  const path = join(folder, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  await forbruk(['ship', '--format', 'nginx-json', '--source', 'gw', path], settings)
  await forbruk(['aggregate', '--until-caught-up'], settings)
}

beforeAll(async () => {
  writeRegistry('firm,Firm AS,,no\ngone,Gone AS,,no\n', 'firm,shop,2026-01-01,\ngone,shop,2026-01-01,\n')
  await forbruk(['registry', 'import', folder], settings)
  await countLines('first.log', ['2026-10-15T12:00:00Z', '2026-11-03T00:00:00Z'])
  await forbruk(['close', '2026-10'], settings)
  writeRegistry('firm,Firm AS,,no\n', 'firm,shop,2026-01-01,\n')
})

test('an import and a late event leave who left in the month that is closed', async () => {
  expect(await forbruk(['registry', 'import', folder], settings)).toMatch(
    /\nimport 2 holds from (\d{4}-\d\d)\nmonths before \1 are rated as before; --valid-from names an earlier one\n$/,
  )
  await countLines('late.log', ['2026-10-15T12:30:00Z', '2026-11-03T00:00:00Z'])
  const closed = await forbruk(['close', '2026-10'], settings)
  expect(closed).toContain('2026-10 is closed as r2, which differs from r1')
  expect(closed).toMatch(/clients +2/)
})

test('an import for that month says that it is closed, and closing it again asks', async () => {
  expect(await forbruk(['registry', 'import', folder, '--valid-from', '2026-10'], settings)).toContain(
    'closed with another registry, and so until they are closed again: 2026-10\n' +
      'forbruk close 2026-10 --dry-run shows the difference\n',
  )
  expect(await forbruk(['status'], settings)).toMatch(
    /2026-10 r2 was closed by another registry than holds for it now +forbruk close 2026-10 --dry-run, which names/,
  )
  const refused = await runForbruk(['close', '2026-10'], settings)
  expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 3, stdout: '' })
  expect(refused.stderr).toMatch(
    /\n {2}registry, import \w{12} to \w{12}, would change r2 by NOK -149\.00 in 1 line, of which NOK .*: Gone /,
  )
  const json = await runForbruk(['close', '2026-10', '--json'], settings)
  expect(json.code).toBe(3)
  expect(JSON.parse(json.stdout)).toMatchObject({
    outcome: 'refused',
    refusals: [{ kind: 'change_unaccepted', cause: 'registry', payers: [{ payerId: 'gone' }] }],
  })
  const dry = await forbruk(['close', '2026-10', '--dry-run'], settings)
  expect(dry).toMatch(/Gone AS +registry +-149\.00 +-149\.00/)
  expect(dry).toMatch(
    /this waits for a person who accepts it: forbruk close 2026-10 --accept registry:[0-9a-f]{12}\n/,
  )
})

test('what is accepted by name is the next revision; another name is wrong usage', async () => {
  const wrong = await runForbruk(['close', '2026-10', '--accept', 'registry:0a1b2c3d4e5f,usage'], settings)
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain(
    'expected what a dry run shows to be accepted, such as registry:0a1b2c3d4e5f',
  )
  expect((await runForbruk(['close', '2026-10', '--accept', 'registry'], settings)).code).toBe(2)
  expect((await runForbruk(['close', '2026-10', '--accept', 'registry:0a1b2c3d4e5f'], settings)).code).toBe(3)
  const { unaccepted } = JSON.parse(await forbruk(['close', '2026-10', '--dry-run', '--json'], settings))
  expect(await forbruk(['close', '2026-10', '--accept', unaccepted.join()], settings)).toContain(
    '2026-10 is closed as r3, which differs from r2',
  )
})

test('where it is set so, a revision waits until somebody lets its statements out', async () => {
  await countLines('later.log', ['2026-10-15T12:45:00Z', '2026-11-03T00:00:00Z'])
  const careful = { ...settings, FORBRUK_ANNOUNCE: 'after-approval' }
  const closed = await forbruk(['close', '2026-10'], careful)
  const [, approve = ''] =
    /2026-10 r4 waits for approval: forbruk statements announce 2026-10 --approve (r4:[0-9a-f]{12})\n/.exec(
      closed,
    ) ?? []
  expect(closed).not.toContain('announced')
  expect(JSON.parse(await forbruk(['status', '--json'], careful)).waiting).toMatchObject([
    {
      kind: 'approval',
      month: '2026-10',
      revisions: [4],
      approve,
      detail: expect.any(String),
      todo: expect.any(String),
    },
  ])
  const announce = (...options: string[]) =>
    forbruk(['statements', 'announce', '2026-10', '--actor', 'kari', ...options], careful)
  const blind = await runForbruk(['statements', 'announce', '2026-10'], careful)
  expect(blind).toMatchObject({ code: 3, stdout: '' })
  expect(blind.stderr).toContain(`--approve ${approve} approves it`)
  expect(await announce('--approve', approve)).toBe(
    '2026-10 r4 is approved by kari\nannounced 1 on billing.statements\n',
  )
  expect(JSON.parse(await announce('--json'))).toEqual({ month: '2026-10', approvals: [], announced: 0 })
  expect(await runForbruk(['statements', 'announce', '2026-09'], settings)).toMatchObject({ code: 2 })
})
