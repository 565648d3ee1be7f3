import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { describe, expect, test } from 'vitest'
import { OCTOBER, TARIFF, useInstallation } from '../../test/support/close/close-october.ts'
import {
  appendRecords,
  countOctober,
  flushBlock,
  flushLedger,
  flushSource,
  GRACE_END_MS,
  OCTOBER_END_MS,
  OCTOBER_USES,
  recordStream,
  TOPIC,
  writeRegistry,
} from '../../test/support/close/counted-month.ts'
import { expectSource } from './gate/expect-source.ts'

const NOTHING_COUNTED =
  `nothing of stream ${TOPIC} was counted here; ` +
  'check KAFKA_TOPIC and FORBRUK_DATA_DIR, else run forbruk ship and forbruk aggregate'

const { place, close, refusals, rows, importAll, countAll } = useInstallation()

describe('an incomplete month is refused', () => {
  test('before it is over, and before its grace is', async () => {
    await countAll()
    place().clock.nowMs = OCTOBER_END_MS - 1
    expect(await refusals()).toEqual(['2026-10 has not ended; it does at 2026-10-31T23:00:00Z'])
    expect(await refusals({ force: { reason: 'hurry' } })).toHaveLength(1)
    place().clock.nowMs = GRACE_END_MS - 1
    expect(await refusals()).toEqual([
      '2026-10 may still get late events; close it after 2026-11-01T23:00:00Z',
    ])
  })

  test('without a registry', async () => {
    await countOctober(place())
    expect(await refusals()).toEqual([
      'no registry holds in the month; run forbruk registry import with --valid-from and the month',
    ])
  })

  test('without a tariff that holds in the month, and no reason overrides that', async () => {
    await countAll()
    const tariff = { ...TARIFF, versions: TARIFF.versions.map(each => ({ ...each, validFrom: '2026-11' })) }
    const missing = [
      'the tariff in use holds from 2026-11 on; set FORBRUK_TARIFF to one with a version for the month',
    ]
    expect(await refusals({ tariff })).toEqual(missing)
    expect(await refusals({ tariff, force: { reason: 'it will do' } })).toEqual(missing)
  })

  test('when nothing was aggregated', async () => {
    await writeRegistry(place().folder)
    await importAll()
    await appendRecords(place().log, 1, 5)
    place().clock.nowMs = GRACE_END_MS
    const missing = [NOTHING_COUNTED, 'partition 1: nothing aggregated of 5; run forbruk aggregate']
    expect(await refusals()).toEqual(missing)
    expect(await refusals({ force: { reason: 'it will do' } })).toEqual(missing)
  })

  test('when it is of an empty log, or mistyped, and no reason overrides that', async () => {
    await writeRegistry(place().folder)
    await importAll()
    place().clock.nowMs = GRACE_END_MS
    const force = { reason: 'it will do' }
    expect(await refusals()).toEqual([NOTHING_COUNTED])
    expect(await refusals({ force })).toEqual([NOTHING_COUNTED])
    await countOctober(place())
    for (const month of ['2025-10', '2020-01']) {
      const period = parseBillingPeriod(month)
      const unknown =
        `${month} ended before stream ${TOPIC} began at 2026-10-15T12:34:56Z, ` +
        'and no usage of it was counted; check the month, else ship its logs'
      expect(await refusals({ period })).toEqual([unknown])
      expect(await refusals({ period, force })).toEqual([unknown])
    }
  })

  test('when no source has sent usage of it, for which a person can vouch', async () => {
    await countOctober(place())
    await importAll()
    const period = parseBillingPeriod('2026-12')
    await flushSource(place().store, { throughMs: Date.parse('2026-12-31T23:00:00Z') })
    place().clock.nowMs = Date.parse('2027-01-02T00:00:00Z')
    expect(await refusals({ period })).toEqual([
      'no source has sent any usage of 2026-12; check the month and the gateways; ' +
        'if there was none, close with --force and a reason',
    ])
    expect((await close({ period, force: { reason: 'the API was shut' } })).outcome).toBe('closed')
  })

  test('unless its logs were loaded long after, for a person who asks for it', async () => {
    await countAll()
    const uses = [
      { client: 'firma', integration: 'shop', timeMs: Date.parse('2026-01-15T00:00:00Z'), requests: 3 },
    ]
    await appendRecords(place().log, 1, 1)
    await flushBlock(place().store, { partition: 1, block: 0, nextOffset: 1, uses })
    expect((await close({ period: parseBillingPeriod('2026-01') })).outcome).toBe('closed')
  })

  test('when a partition was not aggregated past the grace', async () => {
    await countAll()
    await appendRecords(place().log, 0, 4)
    expect(await refusals()).toEqual(['partition 0: aggregated to offset 11 of 12; run forbruk aggregate'])
    await flushLedger(place().store, { partition: 0, block: 1, nextOffset: 12, uses: OCTOBER_USES.slice(2) })
    expect((await close()).outcome).toBe('closed')
  })

  test('when an idle partition was not aggregated to its end', async () => {
    await countAll()
    place().clock.nowMs = OCTOBER_END_MS
    await appendRecords(place().log, 1, 3)
    place().clock.nowMs = GRACE_END_MS
    expect(await refusals()).toEqual(['partition 1: nothing aggregated of 3; run forbruk aggregate'])
  })

  test.each([
    [
      'a block is missing',
      3,
      'partition 0: the ledger ends at offset 11 and goes on at 24; run forbruk audit',
    ],
    [
      'a block in between is incomplete',
      2,
      'partition 0: the ledger ends at offset 11 and goes on at 16; run forbruk audit',
    ],
  ])('when %s', async (_what, block, expected) => {
    await countAll()
    await appendRecords(place().log, 0, 21)
    await flushBlock(place().store, { partition: 0, block, nextOffset: block * 8 + 8, uses: [] })
    expect(await refusals()).toEqual([expected])
  })

  test('when a source has not shipped through the end, or not marked every partition', async () => {
    const SHIP = 'run forbruk ship, then forbruk aggregate; if it will ship no more, forbruk source retire'
    await countAll()
    await place().store.command('TRUNCATE TABLE source_ledger')
    await flushSource(place().store, { throughMs: OCTOBER_END_MS - 1 })
    expect(await refusals()).toEqual([
      `source gw1 shipped through 2026-10-31T22:59:59.999Z; expected 2026-10-31T23:00:00Z: ${SHIP}`,
    ])
    await place().store.command('TRUNCATE TABLE source_ledger')
    await flushSource(place().store, { throughMs: OCTOBER_END_MS, partitions: [0] })
    expect(await refusals()).toEqual([
      `source gw1 has not said how far it shipped; expected 2026-10-31T23:00:00Z: ${SHIP}`,
    ])
  })

  test('when a source that is expected was connected after it', async () => {
    await countAll()
    const { store, log } = place()
    const clock = () => place().clock.nowMs
    const uses = [{ client: 'firma', integration: 'shop', timeMs: GRACE_END_MS, requests: 1 }]
    await appendRecords(log, 1, 2)
    await flushBlock(store, { partition: 1, block: 0, nextOffset: 2, uses })
    const sync = 'SETTINGS mutations_sync = 2'
    const november = `first_append_time = '2026-11-05 00:00:00.000' WHERE partition = 1`
    await store.command(`ALTER TABLE block_ledger UPDATE ${november} ${sync}`)
    const ofGw2 = `SELECT * REPLACE ('gw2' AS source) FROM source_ledger WHERE partition = 1`
    await store.command(`INSERT INTO source_ledger ${ofGw2}`)
    const absent = (from: string) =>
      `source gw2 is expected from ${from} on, and nothing that it shipped is of the month: ` +
      "ship the month's files; if it was connected later, forbruk source expect with that month; " +
      'if it was idle, close with --force and a reason'

    const expected = { store, stream: TOPIC, from: parseBillingPeriod('2026-10'), actor: 'kari', clock }
    await expectSource({ ...expected, source: 'gw1' })
    expect((await refusals()).join()).not.toContain('nothing that it shipped')
    await expectSource({ ...expected, source: 'gw2' })
    expect(await refusals()).toContain(absent('2026-10'))
    place().clock.nowMs += 1_000
    await expectSource({ ...expected, source: 'gw2', from: parseBillingPeriod('2026-11') })
    expect((await refusals()).join()).not.toContain('nothing that it shipped')
  })

  test('when it ended before the log began, and sources are expected from a later month on', async () => {
    await countAll()
    const { store, log } = place()
    const stray = [
      { client: 'firma', integration: 'shop', timeMs: Date.parse('2025-10-15T00:00:00Z'), requests: 1 },
    ]
    await appendRecords(log, 1, 1)
    await flushBlock(store, { partition: 1, block: 0, nextOffset: 1, uses: stray })
    const period = parseBillingPeriod('2025-10')
    expect((await close({ period, dryRun: true })).outcome).toBe('dry_run')
    const from = OCTOBER
    await expectSource({
      store,
      stream: TOPIC,
      source: 'gw1',
      from,
      actor: 'kari',
      clock: () => GRACE_END_MS,
    })
    expect(await refusals({ period })).toEqual([
      '2025-10 ended before the log began, and sources are expected from 2026-10 on alone: ' +
        'check the month; if its logs were loaded since, forbruk source expect NAME --from 2025-10',
    ])
    expect((await close()).outcome).toBe('closed')
  })

  test('when events of a source are missing', async () => {
    await countAll()
    await place().store.command('TRUNCATE TABLE source_ledger')
    await flushSource(place().store, { throughMs: OCTOBER_END_MS, missing: 4 })
    expect(await refusals()).toEqual([
      'source gw1 shipped 4 events that did not arrive; ship its files again',
    ])
  })

  test('when another stream holds usage of the month', async () => {
    await countAll()
    const sql = `INSERT INTO usage_rollup SELECT * REPLACE ('old' AS stream) FROM usage_rollup`
    await place().store.command(sql)
    expect(await refusals()).toEqual([
      `stream old holds usage of the month as well, which closing ${TOPIC} leaves out; check KAFKA_TOPIC`,
    ])
  })

  test('when the store counted another number of partitions', async () => {
    await countAll()
    await place().store.insert('stream', [
      { stream: TOPIC, partition_count: 3, block_size: 8, window_size: 8, fold_version: 1 },
    ])
    expect(await refusals()).toContain(
      'the log has 2 partitions, the store counted 3; check that both belong together',
    )
    await recordStream(place().store)
    expect((await close()).outcome).toBe('closed')
  })

  test('unless it is forced, which close and statements then say', async () => {
    await countAll()
    await appendRecords(place().log, 0, 4)
    expect(await refusals({ force: { reason: '  ' } })).toHaveLength(1)
    const lacks = ['partition 0: aggregated to offset 11 of 12; run forbruk aggregate']
    const result = await close({ force: { reason: 'the gateway is gone' } })
    expect(result.forced).toEqual({ reason: 'the gateway is gone', lacks })
    expect(await rows('SELECT forced_reason, forced_lacks FROM month_closes')).toEqual([
      { forced_reason: 'the gateway is gone', forced_lacks: lacks },
    ])
    expect(await rows('SELECT DISTINCT forced_reason FROM statements')).toEqual([
      { forced_reason: 'the gateway is gone' },
    ])
  })

  test('a complete month is not marked as forced', async () => {
    await countAll()
    expect((await close({ force: { reason: 'to be sure' } })).forced).toBeNull()
  })
})
