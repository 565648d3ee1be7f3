import { randomUUID } from 'node:crypto'
import { readSettlement } from '@forbruk/infra/ledger/settle/settlements.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { repeatedRequest } from '@forbruk/infra/store/tables/repeated-request.ts'
import { usageRollup } from '@forbruk/infra/store/tables/usage-rollup.ts'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { BlockWriter } from '../../../test/support/aggregator/block-writer.ts'
import { openMigrated } from '../../../test/support/store/open-migrated.ts'
import { settleUsage } from './settle-usage.ts'

let store: Store
let streams = 0

beforeAll(async () => {
  const opened = await openMigrated()
  store = opened.store
  return opened.close
}, 60_000)

const settle = (stream: string, on: Store = store) =>
  settleUsage({ store: on, stream, newId: randomUUID, clock: () => 0 })

const FIGURES = 'sum(requests) AS requests, sum(request_bytes), sum(response_bytes)'
const USES = 'client_id, first_day, integration_id, status_class'
const ofStream = (stream: string) => `WHERE stream = '${stream}'`
const VIEWS = [
  [
    (of: string) => `SELECT ${USES}, ${FIGURES} FROM usage_by_month ${of} GROUP BY ${USES} ORDER BY ${USES}`,
    (
      of: string,
    ) => `SELECT client_id, toStartOfMonth(hour, 'Europe/Oslo') AS first_day, integration_id, status_class,
       ${FIGURES} FROM usage_counted ${of} GROUP BY ${USES} ORDER BY ${USES}`,
  ],
  [
    (of: string) => `SELECT day, ${FIGURES} FROM usage_by_day ${of} GROUP BY day ORDER BY day`,
    (of: string) => `SELECT toDate(hour, 'Europe/Oslo') AS day, ${FIGURES}
       FROM usage_counted ${of} GROUP BY day ORDER BY day`,
  ],
] as const

/** With what is settled and without it. */
async function expectSame(stream: string): Promise<void> {
  for (const [settled, counted] of VIEWS) {
    const [found, wanted] = [settled, counted].map(sql => store.queryText(sql(ofStream(stream)), 'TSV'))
    expect(await found).toBe(await wanted)
  }
}

/** Some statements, and then nothing more ever. */
function dyingStore(statementsMax: number): Store {
  let left = statementsMax
  const orDie = <Answer>(run: () => Promise<Answer>) => {
    if (left-- <= 0) return Promise.reject(new Error('killed'))
    return run()
  }
  return {
    ...store,
    kind: store.kind,
    query: (...asked) => orDie(() => store.query(...asked)),
    command: sql => orDie(() => store.command(sql)),
    insert: (...asked) => orDie(() => store.insert(...asked)),
  }
}

const stepArbitrary = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('count' as const), of: fc.nat(1), seed: fc.nat(999) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('complete' as const), of: fc.nat(1), seed: fc.nat(999) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('stall' as const), of: fc.nat(1), seed: fc.nat(999) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('repeat' as const), of: fc.nat(1), seed: fc.nat(999) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('merge' as const), of: fc.nat(1), seed: fc.nat(999) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('settle' as const), of: fc.nat(1), seed: fc.nat(999) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('die' as const), of: fc.nat(1), seed: fc.nat(12) }) },
)

test('whatever is counted, late or again, views say the same with what is settled and without', async () => {
  const outcomes = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary, { minLength: 5, maxLength: 25 }), async steps => {
      const stream = `stream-${streams++}`
      const writer = new BlockWriter(store, stream)
      for (const step of steps) {
        if (step.do === 'count') await writer.count(step.of, step.seed)
        if (step.do === 'complete') await writer.complete(step.of)
        if (step.do === 'stall') await writer.writeLate(step.of, step.seed)
        if (step.do === 'repeat')
          await insertValues(store, repeatedRequest, writer.repeat(step.of, step.seed))
        if (step.do === 'merge') await store.command('OPTIMIZE TABLE usage_rollup FINAL')
        if (step.do === 'settle') outcomes.add(await settle(stream))
        if (step.do === 'die') await settle(stream, dyingStore(step.seed)).catch(() => {})
        if (step.do !== 'count') await expectSame(stream)
      }
      for (const of of [0, 1]) await writer.complete(of)
      outcomes.add(await settle(stream))
      await expectSame(stream)
    }),
    { numRuns: Number(process.env.SETTLE_RUNS ?? 12) },
  )
  expect([...outcomes]).toContain('settled')
}, 300_000)

test('a month is read from what is settled, and what comes late is added to it', async () => {
  const stream = `stream-${streams++}`
  const writer = new BlockWriter(store, stream)
  for (const seed of [1, 2, 3, 4]) await writer.count(0, seed)
  await writer.complete(0)
  expect([await settle(stream), await settle(stream)]).toEqual(['settled', 'nothing'])
  const first = await readSettlement(store, stream)
  expect(first?.cut).toEqual([writer.openBlock(0)])
  expect(first?.months.length).toBeGreaterThan(1)
  await writer.count(0, 5)
  await expectSame(stream)
  await writer.complete(0)
  expect(await settle(stream)).toBe('settled')
  const second = await readSettlement(store, stream)
  const sums = await store.queryText(
    `SELECT sum(requests) FROM block_ledger FINAL ${ofStream(stream)} AND block < ${writer.openBlock(0)}`,
    'TSV',
  )
  expect(String(second?.months.reduce((sum, { requests }) => sum + requests, 0n))).toBe(sums.trim())
  await expectSame(stream)
})

test('a block that is not as the ledger says holds up its partition, and no other', async () => {
  const stream = `stream-${streams++}`
  const writer = new BlockWriter(store, stream)
  for (const of of [0, 1]) await writer.count(of, of)
  for (const of of [0, 1]) await writer.complete(of)
  await store.command(
    `ALTER TABLE usage_rollup DELETE WHERE stream = '${stream}' AND partition = 1 SETTINGS mutations_sync = 2`,
  )
  expect(await settle(stream)).toBe('settled')
  expect((await readSettlement(store, stream))?.cut).toEqual([writer.openBlock(0)])
  await writer.writeLate(1, 0)
  expect(await settle(stream)).toBe('settled')
  expect((await readSettlement(store, stream))?.cut).toEqual([writer.openBlock(0), writer.openBlock(1)])
  await expectSame(stream)
})

test.each(['usage_settled', 'usage_settled_day'])(
  'rows of %s that are gone are found, and added up again',
  async table => {
    const stream = `stream-${streams++}`
    const writer = new BlockWriter(store, stream)
    for (const seed of [1, 2]) await writer.count(0, seed)
    await writer.complete(0)
    await settle(stream)
    await store.command(`ALTER TABLE ${table} DELETE WHERE stream = '${stream}' SETTINGS mutations_sync = 2`)
    for (const seed of [1, 2]) await writer.count(0, seed)
    await writer.complete(0)
    expect(await settle(stream)).toBe('taken_back')
    await expectSame(stream)
    expect(await settle(stream)).toBe('settled')
    await expectSame(stream)
  },
)

test('of an hour before the rest, a block is seen once the ledger has it', async () => {
  const stream = `stream-${streams++}`
  const writer = new BlockWriter(store, stream)
  await writer.count(0, 1)
  await writer.complete(0)
  await settle(stream)
  const block = writer.openBlock(0) + 1_000
  const row = { clientId: 'skarvik', hourMs: Date.parse('2026-01-01T12:00Z'), integrationId: '' }
  const figures = { requests: 5n, requestBytes: 0n, responseBytes: 0n, lastOffset: block }
  const place = { stream, partition: 0, block, statusClass: '2xx' as const }
  await insertValues(store, usageRollup, [{ ...place, ...row, ...figures }])
  const january = async (of: string) =>
    Number(await store.queryText(`SELECT sum(requests) FROM ${of} AND ${ofStream(stream).slice(6)}`, 'TSV'))
  const settled = () => january("usage_by_month WHERE first_day = toDate('2026-01-01')")
  // Where nothing is settled, rows are shown before the ledger vouches for them, as they always were.
  expect(await january("usage_counted WHERE toDate(hour) = toDate('2026-01-01')")).toBe(5)
  expect(await settled()).toBe(0)
  await store.command(`INSERT INTO block_ledger SELECT * REPLACE (${block} AS block, 5 AS requests,
      toDateTime(${row.hourMs / 1_000}, 'UTC') AS first_hour, first_hour AS last_hour)
    FROM (SELECT * FROM block_ledger ${ofStream(stream)} AND block = ${writer.openBlock(0)})`)
  expect(await settled()).toBe(5)
  await expectSame(stream)
})

test('of two that settle at once one holds, and what is superseded is let go', async () => {
  const stream = `stream-${streams++}`
  const writer = new BlockWriter(store, stream)
  for (let round = 0; round < 4; round++) {
    await writer.count(0, round)
    await writer.complete(0)
    const outcomes = await Promise.all([settle(stream), settle(stream)])
    expect(outcomes.filter(outcome => outcome === 'settled').length).toBe(1)
    await expectSame(stream)
  }
  const kept = await store.queryText(
    `SELECT uniqExact(settlement) FROM usage_settled ${ofStream(stream)} AND settlement NOT IN
       (SELECT arrayJoin(months.settlement) FROM usage_settlement ${ofStream(stream)} AND sequence >= 3)
     AND settlement IN (SELECT arrayJoin(months.settlement) FROM usage_settlement ${ofStream(stream)})`,
    'TSV',
  )
  expect(kept.trim()).toBe('0')
})
