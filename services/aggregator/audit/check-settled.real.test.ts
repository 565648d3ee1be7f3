import { randomUUID } from 'node:crypto'
import type { Store } from '@forbruk/infra/store/store.ts'
import { beforeAll, expect, test } from 'vitest'
import { BlockWriter } from '../../../test/support/aggregator/block-writer.ts'
import { openMigrated } from '../../../test/support/store/open-migrated.ts'
import { settleUsage } from '../settle/settle-usage.ts'
import { audit } from './audit.ts'
import { checkSettled } from './check-settled.ts'

let store: Store
let streams = 0

beforeAll(async () => {
  const opened = await openMigrated()
  store = opened.store
  return opened.close
}, 60_000)

type Settled = { readonly stream: string; readonly ofStream: string }

async function settleSome(): Promise<Settled> {
  const stream = `stream-${streams++}`
  const writer = new BlockWriter(store, stream)
  for (const seed of [1, 2, 3, 4]) await writer.count(0, seed)
  await writer.complete(0)
  expect(await settleUsage({ store, stream, newId: randomUUID, clock: () => 0 })).toBe('settled')
  return { stream, ofStream: `stream = '${stream}'` }
}

const SETTLED = 'usage_settled'
const DAYS = 'usage_settled_day'
const DAYS_OF_SEPTEMBER = 'toYYYYMM(day) = 202609'
const USES_OF_SEPTEMBER = 'toYYYYMM(first_day) = 202609'
const change = (table: string, how: string) => `ALTER TABLE ${table} ${how} SETTINGS mutations_sync = 2`
const twice = (table: string, which: string) => `INSERT INTO ${table} SELECT * FROM ${table} WHERE ${which}`
const vouchOnceMore = (settled: Settled, changed: string) => `
INSERT INTO usage_settlement
SELECT * REPLACE (sequence + 1 AS sequence, ${changed}) FROM usage_settlement WHERE ${settled.ofStream}`

/** What somebody does past the program, of September alone. */
const TAMPERED: Readonly<Record<string, (settled: Settled) => readonly string[]>> = {
  'a use is gone': ({ ofStream }) => [
    change(SETTLED, `DELETE WHERE ${ofStream} AND ${USES_OF_SEPTEMBER} AND client_id = 'fjordbank'`),
  ],
  'all uses are gone': ({ ofStream }) => [
    change(SETTLED, `DELETE WHERE ${ofStream} AND ${USES_OF_SEPTEMBER}`),
  ],
  'a use is more': ({ ofStream }) => [
    change(SETTLED, `UPDATE requests = requests + 1 WHERE ${ofStream} AND ${USES_OF_SEPTEMBER}`),
  ],
  'uses are of another class, with the same sums': ({ ofStream }) => [
    `INSERT INTO usage_settled SELECT * REPLACE ('5xx' AS status_class)
     FROM (SELECT * FROM usage_settled WHERE ${ofStream} AND ${USES_OF_SEPTEMBER})`,
    change(SETTLED, `DELETE WHERE ${ofStream} AND ${USES_OF_SEPTEMBER} AND status_class != '5xx'`),
  ],
  'uses are of another month': ({ ofStream }) => [
    change(SETTLED, `UPDATE first_day = toDate('2026-01-01') WHERE ${ofStream} AND ${USES_OF_SEPTEMBER}`),
  ],
  'uses are of another stream': ({ ofStream }) => [
    change(SETTLED, `UPDATE stream = 'other' WHERE ${ofStream} AND ${USES_OF_SEPTEMBER}`),
  ],
  'uses stand twice': ({ ofStream }) => [twice(SETTLED, `${ofStream} AND ${USES_OF_SEPTEMBER}`)],
  'uses stand four times': ({ ofStream }) => [
    twice(SETTLED, `${ofStream} AND ${USES_OF_SEPTEMBER}`),
    twice(SETTLED, `${ofStream} AND ${USES_OF_SEPTEMBER}`),
  ],
  'a use stands three times': ({ ofStream }) => [
    `INSERT INTO usage_settled
     SELECT s.* FROM (SELECT * FROM usage_settled WHERE ${ofStream} AND ${USES_OF_SEPTEMBER} LIMIT 1) AS s
     CROSS JOIN numbers(2) AS n`,
  ],
  'days are gone': ({ ofStream }) => [change(DAYS, `DELETE WHERE ${ofStream} AND ${DAYS_OF_SEPTEMBER}`)],
  'days have more': ({ ofStream }) => [
    change(DAYS, `UPDATE response_bytes = response_bytes + 1 WHERE ${ofStream} AND ${DAYS_OF_SEPTEMBER}`),
  ],
  'days are others, with the same sums': ({ ofStream }) => [
    `INSERT INTO usage_settled_day SELECT * REPLACE (toDate('2026-09-30') AS day)
     FROM (SELECT * FROM usage_settled_day WHERE ${ofStream} AND ${DAYS_OF_SEPTEMBER})`,
    change(DAYS, `DELETE WHERE ${ofStream} AND ${DAYS_OF_SEPTEMBER} AND day != toDate('2026-09-30')`),
  ],
  'days stand twice': ({ ofStream }) => [twice(DAYS, `${ofStream} AND ${DAYS_OF_SEPTEMBER}`)],
  'a settlement without its sums holds': settled => [
    vouchOnceMore(
      settled,
      `arrayMap(each -> if(toYYYYMM(each.1) = 202609,
         (each.1, generateUUIDv4(), each.3, each.4, each.5, each.6, each.7), each), months) AS months`,
    ),
  ],
  'a settlement without the month holds': settled => [
    vouchOnceMore(settled, 'arrayFilter(each -> toYYYYMM(each.1) != 202609, months) AS months'),
  ],
  'a settlement with other sums holds': settled => [
    vouchOnceMore(
      settled,
      `arrayMap(each -> if(toYYYYMM(each.1) = 202609,
         (each.1, each.2, each.3, each.4 + 1, each.5, each.6, each.7), each), months) AS months`,
    ),
  ],
}

test.each(Object.entries(TAMPERED))(
  'the audit names the month when %s',
  { timeout: 60_000 },
  async (_, tamper) => {
    const settled = await settleSome()
    expect(await checkSettled(store, settled.stream)).toEqual([])
    for (const sql of tamper(settled)) await store.command(sql)
    expect(await checkSettled(store, settled.stream)).toMatchObject([
      { check: 'settled_equals_rollup', place: 'settled usage of 2026-09' },
    ])
  },
)

test('a cut beyond what is settled is in the audit', { timeout: 60_000 }, async () => {
  const settled = await settleSome()
  const { stream } = settled
  await store.command(vouchOnceMore(settled, 'arrayMap(each -> each + 1000, cut) AS cut'))
  const { findings } = await audit({ store, stream, replayFrom: null, range: null })
  const found = findings.filter(({ check }) => check === 'settled_equals_rollup')
  expect(found.length).toBeGreaterThan(0)
  expect(found).toEqual(await checkSettled(store, stream))
})
