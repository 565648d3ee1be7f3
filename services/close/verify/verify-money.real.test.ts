import { compareOfClients } from '@forbruk/infra/store/seal/seal-of-clients.ts'
import { text } from '@forbruk/infra/store/tables/codec.ts'
import { statement } from '@forbruk/infra/store/tables/statement.ts'
import { declareTable, shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { TARIFF, useInstallation, withAccessPrice } from '../../../test/support/close/close-october.ts'
import { forgetSeals } from '../../../test/support/close/forget-seals.ts'
import { openRot } from '../../../test/support/store/rot.ts'
import { CloseRefusedError } from '../gate/refusal.ts'
import { verifyMoney } from './verify-money.ts'

const { place, close, rows, countAll } = useInstallation()

/** What a close and an import write, and what proves each table: keys as the audit prints them. */
const TABLES = [
  ['statement', 'rows_equal_seals', /^table statement, 2026-10\/r\d\/.+/],
  ['statement_line', 'rows_equal_seals', /^table statement_line, 2026-10\/r\d\/.+/],
  ['statement_adjustment', 'rows_equal_seals', /^table statement_adjustment, 2026-10\/r\d\/.+/],
  ['month_close', 'rows_equal_seals', /^table month_close, 2026-10\/\d$/],
  ['registry_import', 'rows_equal_seals', /^table registry_import, 1$/],
  ['registry_client', 'registry_equals_import', /^registry import [0-9a-f]{64}$/],
  ['registry_partner', 'registry_equals_import', /^registry import [0-9a-f]{64}$/],
  ['registry_integration', 'registry_equals_import', /^registry import [0-9a-f]{64}$/],
  ['registry_activation', 'registry_equals_import', /^registry import [0-9a-f]{64}$/],
] as const

const verify = () => verifyMoney(place().store, TARIFF)

beforeEach(async () => {
  await countAll()
  await close()
  await close({ tariff: withAccessPrice('150'), accept: ['tariff'] })
})

test('a month that is closed twice passes, and is worked out again', async () => {
  const report = await verify()
  // The stream was counted by none of ours.
  expect(report).toMatchObject({ findings: [], closes: 2, uncovered: [{ table: 'stream', rows: 1 }] })
  // The second was rated with a tariff of its own, whose terms stand in its row.
  expect(report.hashesUncovered).toEqual([])
  expect(report.verified).toBeGreaterThan(8)
})

describe.each(TABLES)('a row of %s', (table, check, key) => {
  test('that is lost, or another in any column, is named with what to do', async () => {
    const rot = await openRot(place().store, table)
    expect(rot.rows.length).toBeGreaterThan(0)
    const isNamed = async () => {
      const { findings } = await verify()
      return findings.some(each => each.check === check && /restore/.test(each.message))
    }
    await rot.lose()
    const { findings } = await verify()
    const found = findings.find(each => each.check === check)
    expect(found?.message).toMatch(/restore/)
    expect(found?.place).toMatch(key)
    const unseen: string[] = []
    for (const column of rot.columns) {
      await rot.change(column)
      if (!(await isNamed())) unseen.push(column.name)
    }
    await rot.mend()
    expect(unseen).toEqual([])
    expect((await verify()).findings).toEqual([])
  })
})

test('closes from before and after a table got a column are each held against what it had then', async () => {
  const { store } = place()
  const closes = await store.query(
    'SELECT close_id FROM month_close ORDER BY revision',
    shapeOf({ closeId: text }),
  )
  const [older = '', newer = ''] = closes.map(each => each.closeId)
  const { spelled } = declareTable('later', { later: text })
  const wider = { name: statement.name, spelled: [...statement.spelled, ...spelled] }
  const faults = async () =>
    (await compareOfClients(store, wider, [older, newer])).differing.map(({ key }) => key.slice(0, 64))
  await store.command("ALTER TABLE statement ADD COLUMN later String DEFAULT ''")
  onTestFinished(() => store.command('ALTER TABLE statement DROP COLUMN later'))
  expect(await faults()).toEqual([])

  const hashed = wider.spelled.map(({ name }) => name).join(', ')
  await store.command(`DELETE FROM seal WHERE sealed_table = 'statement' AND startsWith(key, '${newer}')`)
  await store.command(
    `INSERT INTO seal (sealed_table, key, columns, content_hash, is_written)
     SELECT 'statement', concat(close_id, '/', month, '/r', toString(revision), '/', client_id) AS row_key,
            ${wider.spelled.length}, concat(toString(count()), ':', toString(sum(sipHash64(${hashed})))), true
     FROM statement FINAL WHERE close_id = '${newer}' GROUP BY close_id, month, revision, client_id`,
  )
  expect(await faults()).toEqual([])
  const fill = (closeId: string) =>
    store.command(
      `ALTER TABLE statement UPDATE later = 'x' WHERE close_id = '${closeId}' SETTINGS mutations_sync = 2`,
    )
  await fill(newer)
  expect(new Set(await faults())).toEqual(new Set([newer]))
  await fill(older)
  expect(new Set(await faults())).toEqual(new Set([older, newer]))
})

test('usage that was lost below the cut is named by client, though statements agree with themselves', async () => {
  const { store } = place()
  await store.command("ALTER TABLE usage_rollup DELETE WHERE client_id = 'kunde' SETTINGS mutations_sync = 2")
  const { findings } = await verify()
  expect(findings).toContainEqual(
    expect.objectContaining({ check: 'statements_equal_usage', place: '2026-10 r1, client kunde' }),
  )
})

test('a close builds on nothing that was lost or changed: it is refused, with what to restore', async () => {
  const { store } = place()
  const refused = async () => {
    const error = await close().catch(caught => caught)
    expect(error).toBeInstanceOf(CloseRefusedError)
    return String(error.message)
  }
  const statements = await openRot(store, 'statement')
  await store.command('TRUNCATE TABLE statement')
  expect(await refused()).toMatch(/table statement, 2026-10\/r2\/.+ is gone.* restore it from a back-up/s)
  await statements.mend()
  const lines = await openRot(store, 'statement_line')
  for (const column of lines.columns.filter(({ name }) => name === 'amount_nok')) await lines.change(column)
  await store.command('TRUNCATE TABLE registry_activation')
  expect(await refused()).toMatch(/restore/)
  expect(await rows('SELECT count() AS n FROM month_close')).toEqual([{ n: '2' }])
})

test('a statement without a seal is not covered where it is older than seals, and named where it is not', async () => {
  const { store } = place()
  await forgetSeals(store)
  expect(await verify()).toMatchObject({
    findings: [],
    uncovered: expect.arrayContaining([{ table: 'statement', rows: 6 }]),
  })
  await store.command(
    `ALTER TABLE schema_migration UPDATE applied_at = '2001-01-01 00:00:00' WHERE number = 153
     SETTINGS mutations_sync = 2`,
  )
  const { findings } = await verify()
  expect(findings.filter(each => each.place.startsWith('table statement, 2026-10/'))).toHaveLength(6)
})
