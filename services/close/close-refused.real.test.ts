import { describe, expect, test } from 'vitest'
import { useInstallation } from '../../test/support/close/close-october.ts'
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
      'no registry holds in the month; run forbruk registry import, for that month or from the first',
    ])
  })

  test('when nothing was aggregated', async () => {
    await writeRegistry(place().folder)
    await importAll()
    await appendRecords(place().log, 1, 5)
    place().clock.nowMs = GRACE_END_MS
    expect(await refusals()).toEqual(['partition 1: nothing aggregated of 5; run forbruk aggregate'])
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
