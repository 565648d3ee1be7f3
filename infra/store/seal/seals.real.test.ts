import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenedStore, writable } from '../../../test/support/store/open-stores.ts'
import { PROVED_BY } from '../../../test/support/store/proved-by.ts'
import { openRot } from '../../../test/support/store/rot.ts'
import { insertSamples } from '../../../test/support/store/sample-rows.ts'
import { insertValues } from '../insert-values.ts'
import { MIGRATIONS, migrate } from '../migrate.ts'
import type { Store } from '../store.ts'
import { accessRevocation } from '../tables/access-token.ts'
import { text } from '../tables/codec.ts'
import { seal } from '../tables/seal.ts'
import { select, shapeOf, toRow } from '../tables/table.ts'
import { makeSeal } from './seal-values.ts'
import { SEALED, SEALED_BY_CLOSE, type SealedTable } from './sealed-tables.ts'
import { verifySeals } from './verify-seals.ts'

/** Of a close, and seen with one: services/close/verify has them. */
const OF_CLOSE = ['month_close', 'registry_import']
const sampled = SEALED.filter(({ table }) => !OF_CLOSE.includes(table.name))
const [embedded] = writable
let opened: OpenedStore

beforeAll(async () => {
  if (embedded === undefined) throw new Error('no store to test with')
  opened = await embedded.open()
  await migrate(opened.store, MIGRATIONS, () => Date.UTC(2026, 0, 1))
  await insertSamples(opened.store)
}, 60_000)

afterAll(() => opened.close())

const verify = (sealed: SealedTable) => verifySeals(opened.store, [sealed])

test('a row that is written while seals are verified is no finding', async () => {
  let isWritten = false
  const busy: Store = {
    ...opened.store,
    async query(sql, shape, params) {
      if (!isWritten && sql.endsWith(` FROM ${accessRevocation.name}`)) {
        isWritten = true
        await insertValues(opened.store, accessRevocation, [
          { name: 'meanwhile', revokedAt: '2026-12-01T00:00:00Z', revokedBy: 'kari', reason: 'left' },
        ])
      }
      return opened.store.query(sql, shape, params)
    },
  }
  expect((await verifySeals(busy, sampled)).findings).toEqual([])
  expect(isWritten).toBe(true)
  await opened.store.command(`DELETE FROM ${accessRevocation.name} WHERE name = 'meanwhile'`)
  await opened.store.command(`DELETE FROM seal WHERE key = 'meanwhile'`)
})

test('of every table it is said what proves it, once', async () => {
  const tables = await opened.store.query(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine != 'View' AND name != 'sample'`,
    shapeOf({ name: text }),
  )
  const said = [...SEALED.map(({ table }) => table), ...SEALED_BY_CLOSE].map(({ name }) => name)
  expect([...said, ...Object.keys(PROVED_BY)].toSorted()).toEqual(tables.map(({ name }) => name).toSorted())
})

describe.each(sampled.map(sealed => [sealed.table.name, sealed] as const))('a row of %s', (name, sealed) => {
  test('that is as it was written passes', async () => {
    expect(await verify(sealed)).toEqual({ findings: [], uncovered: [], verified: 1 })
  })

  test('is named when it is lost', async () => {
    const rot = await openRot(opened.store, name)
    await rot.lose()
    expect(await verify(sealed)).toMatchObject({ findings: [{ table: name, fault: 'lost' }], verified: 0 })
    await rot.mend()
  })

  test('is named when any of its columns is another', async () => {
    const rot = await openRot(opened.store, name)
    const unseen: string[] = []
    for (const column of rot.columns) {
      await rot.change(column)
      const { findings } = await verify(sealed)
      if (!findings.some(({ fault }) => fault === 'changed' || fault === 'lost')) unseen.push(column.name)
    }
    await rot.mend()
    expect(unseen).toEqual([])
    expect((await verify(sealed)).findings).toEqual([])
  })

  test('is named when a column is another that came after it was sealed', async () => {
    const [rot, seals] = [await openRot(opened.store, name), await openRot(opened.store, 'seal')]
    const { list, shape } = select(sealed.table)
    const stored = await opened.store.query(`SELECT ${list} FROM ${name}`, shape)
    // What a release wrote whose table had one column less; where the last is empty, that row could be its.
    const older = stored.map(row => makeSeal(sealed, row, sealed.table.spelled.length - 1))
    await opened.store.command('TRUNCATE TABLE seal')
    await opened.store.insert(
      seal.name,
      older.map(each => toRow(seal, { ...each, isWritten: true })),
    )
    const last = rot.columns.at(-1)
    const isEmpty = ['', null, 0, '0', false].some(each => each === rot.rows[0]?.[last?.name ?? ''])
    expect((await verify(sealed)).findings.map(({ fault }) => fault)).toEqual(isEmpty ? [] : ['changed'])
    if (isEmpty && last !== undefined) {
      await rot.change(last)
      expect((await verify(sealed)).findings).toMatchObject([{ table: name, fault: 'changed' }])
    }
    await rot.mend()
    await seals.mend()
  })

  test('is named when it is doubled, unless a second row takes the place of the first', async () => {
    const rot = await openRot(opened.store, name)
    await rot.double()
    const { findings } = await verify(sealed)
    expect(findings.map(({ fault }) => fault)).toEqual(sealed.isReplacing ? [] : ['twice'])
    await rot.mend()
  })

  test('is named when its seal is lost', async () => {
    const rot = await openRot(opened.store, 'seal')
    await opened.store.command('TRUNCATE TABLE seal')
    const { findings, uncovered } = await verify(sealed)
    // A stream doesn't say when it was registered.
    if (name === 'stream') expect(uncovered).toEqual([{ table: name, rows: 1 }])
    else expect(findings).toMatchObject([{ table: name, fault: 'unsealed' }])
    await rot.mend()
  })
})
