import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { believeAnyTime, forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/** Lines that a format read wrongly are sent after their month was closed: r1 stays, and r2 explains itself. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-replay-closed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const NGINX = fileURLToPath(new URL('../../schemas/gateway/formats/nginx-json.json', import.meta.url))
const settings = {
  FORBRUK_DATA_DIR: join(folder, 'data'),
  FORBRUK_TARIFF: fileURLToPath(new URL('../../demo/tariff.json', import.meta.url)),
  LOG_LEVEL: 'warn',
}
const format = join(folder, 'ours.json')
const ALLOWED = 10_000
const REJECTED = 90

const query = async (sql: string) =>
  JSON.parse(await forbruk(['sql', sql, '--format', 'JSONColumns'], settings))
const waitingShape = z.object({ waiting: z.array(z.object({ month: z.string(), kind: z.string() })) })
const waiting = async () =>
  waitingShape.parse(JSON.parse(await forbruk(['status', '--json'], settings))).waiting

function declare(client: string): void {
  writeFileSync(
    format,
    JSON.stringify({ ...JSON.parse(readFileSync(NGINX, 'utf8')), format: 'ours', client }),
  )
}

/** Some name their client in another field than the format asks for. */
function writeLog(): string {
  const line = (time: string, names: Record<string, string>) => {
    const msec = `${Date.parse(time) / 1_000}.000`
    return JSON.stringify({
      ...{ msec, ...names, integration_id: 'shop', status: '200', request_length: 40, bytes_sent: 60 },
    })
  }
  const both = { customer: 'firm', who: 'firm' }
  const lines = [
    ...Array.from({ length: ALLOWED + 10 }, () => line('2026-10-15T12:00:00Z', both)),
    ...Array.from({ length: REJECTED }, () => line('2026-10-16T12:00:00Z', { who: 'firm' })),
    line('2026-11-03T00:00:00Z', { customer: 'other', who: 'other' }),
  ]
  const path = join(folder, 'access.log')
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

async function count(): Promise<void> {
  await forbruk(['aggregate', '--until-caught-up'], settings)
}

test('lines that are read again after the close make a revision with their difference, and r1 stays', async () => {
  const tables = {
    'clients.csv': 'client_id,name,partner_id,collective_invoice\nfirm,Firm AS,,no\nother,Other AS,,no\n',
    'partners.csv': 'partner_id,name\n',
    'integrations.csv': 'integration_id,name,kind\nshop,Shop,external\n',
    'activations.csv':
      'client_id,integration_id,active_from,active_until\nfirm,shop,2026-01-01,\nother,shop,2026-01-01,\n',
  }
  for (const [name, text] of Object.entries(tables)) writeFileSync(join(folder, name), text)
  await believeAnyTime(settings)
  await forbruk(['registry', 'import', folder], settings)
  declare('customer')
  await forbruk(['ship', '--format', format, '--source', 'gw', writeLog()], settings)
  await count()

  const refused = await runForbruk(['close', '2026-10'], settings)
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('client_missing')])
  await forbruk(['close', '2026-10', '--force', '--reason', 'the invoices are due'], settings)
  const lines = 'SELECT * EXCEPT is_latest FROM statement_lines WHERE revision = 1 ORDER BY client_id, line'
  const r1 = await query(lines)
  expect(await waiting()).not.toContainEqual({ month: '2026-10', kind: 'later_usage' })

  declare('who')
  const why = ['--reason', 'the client is in another field']
  const replay = ['rejected', 'replay', '--format', format, '--month', '2026-10', '--actor', 'kari', ...why]
  expect(await forbruk(replay, settings)).toContain('90 sent, 0 sent before')
  await count()
  expect(await waiting()).toContainEqual(expect.objectContaining({ month: '2026-10', kind: 'later_usage' }))

  const closed = await forbruk(['close', '2026-10'], settings)
  expect(closed).toContain('2026-10 is closed as r2, which differs from r1')
  expect(closed).toMatch(/usage +\+90 requests, \+9000 bytes +1 +\+1\.53 +0\.00/)
  expect(await query(lines)).toEqual(r1)
  expect(
    await query(`
      SELECT client_id, item, quantity_before, quantity_after, adjustment_nok, causes.cause AS cause,
          causes.detail AS detail
      FROM statement_adjustments WHERE revision = 2`),
  ).toEqual({
    ...{ client_id: ['firm'], item: ['overage_requests'], quantity_before: [10], quantity_after: [100] },
    ...{ adjustment_nok: [1.53], cause: [['usage']], detail: [['+90 requests, +9000 bytes']] },
  })
  expect(await query('SELECT DISTINCT state FROM rejected_events')).toEqual({ state: ['mended'] })
  await forbruk(['rejected', 'compact'], { ...settings, FORBRUK_REJECTED_MONTHS: '2' })
  // Who did it, and why, stands beside every act.
  const acts = await query(
    "SELECT act, subject, said_actor, reason FROM audit_entry WHERE outcome = 'done' " +
      "AND act IN ('mend_events', 'close_month', 'compact_events') ORDER BY at",
  )
  expect(acts).toEqual({
    act: ['close_month', 'mend_events', 'close_month', 'compact_events'],
    subject: ['2026-10', 'month 2026-10', '2026-10', 'gateway.requests'],
    said_actor: ['', 'kari', '', ''],
    reason: [
      ...['the invoices are due', 'the client is in another field', ''],
      'rejected events are kept one by one for 2 months, and up to 1000000 of them',
    ],
  })
  await forbruk(['audit', '--replay'], settings)
}, 900_000)
