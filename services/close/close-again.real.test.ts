import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { OCTOBER, TARIFF, useInstallation, withAccessPrice } from '../../test/support/close/close-october.ts'
import {
  appendRecords,
  flushBlock,
  GRACE_END_MS,
  OCTOBER_BLOCKS,
  OCTOBER_END_MS,
  OCTOBER_USES,
  REGISTRY,
  writeRegistry,
} from '../../test/support/close/counted-month.ts'
import { beforeInsert, failingInsert } from '../../test/support/close/disturbed-store.ts'
import type { CloseOptions } from './close.ts'

const { place, close, rows, importAll, countAll } = useInstallation()

describe('closing again', () => {
  beforeEach(countAll)

  test('changes nothing, whatever came since that is not of the month', async () => {
    const first = await close()
    await appendRecords(place().log, 0, 13)
    const later = { client: 'firma', integration: 'shop', timeMs: GRACE_END_MS, requests: 1_000 }
    await flushBlock(place().store, {
      partition: 0,
      block: 1,
      nextOffset: 16,
      uses: [...OCTOBER_USES.slice(2), later],
    })
    await flushBlock(place().store, { partition: 0, block: 2, nextOffset: 24, uses: [later] })
    // A replay writes older rows once more.
    for (const block of OCTOBER_BLOCKS) await flushBlock(place().store, block)
    const activations = `${REGISTRY['activations.csv']}byrå,shop,2026-11-01,\n`
    await writeRegistry(place().folder, { 'activations.csv': activations })
    await importAll(OCTOBER)
    place().clock.nowMs += 5 * 86_400_000

    const again = await close()
    expect(again).toMatchObject({
      outcome: 'unchanged',
      revision: 1,
      closedAtMs: GRACE_END_MS,
      contentHash: first.contentHash,
    })
    expect(again.cut).toEqual([{ partition: 0, nextOffset: 24 }])
    expect(await rows('SELECT count() AS n FROM month_close')).toEqual([{ n: '1' }])
    expect(await rows('SELECT count() AS n FROM statements')).toEqual([{ n: '3' }])
  })

  test.each<[string, () => Promise<Partial<CloseOptions>>]>([
    [
      'usage',
      async () => {
        const uses = [
          ...OCTOBER_USES.slice(2),
          { client: 'kunde', integration: 'shop', timeMs: OCTOBER_END_MS - 1, requests: 1 },
        ]
        await flushBlock(place().store, { partition: 0, block: 1, nextOffset: 12, uses })
        if ((await place().log.bounds(0)).endOffset < 12) await appendRecords(place().log, 0, 1)
        return {}
      },
    ],
    [
      'a name in the registry',
      async () => {
        await writeRegistry(place().folder, {
          'clients.csv': REGISTRY['clients.csv'].replace('Firma AS', 'Firma ASA'),
        })
        await importAll(OCTOBER)
        return { accept: ['registry'] }
      },
    ],
    ['the tariff', async () => ({ tariff: noteInTariff('another'), accept: ['tariff'] })],
  ])('with other content is the next revision: %s', async (_what, change) => {
    const { contentHash } = await close()
    const before = await rows('SELECT * FROM statements')
    const second = await close(await change())
    expect(second).toMatchObject({ outcome: 'revised', revision: 2, previousRevision: 1 })
    expect(second.contentHash).not.toBe(contentHash)
    expect(second.changes.length).toBeGreaterThan(0)
    const asBefore = (await rows('SELECT * FROM statements WHERE revision = 1')).map(row => ({
      ...row,
      is_latest: 1,
    }))
    expect(asBefore).toEqual(before)
    expect(await rows('SELECT DISTINCT revision, content_hash FROM statements WHERE is_latest')).toEqual([
      { revision: 2, content_hash: second.contentHash },
    ])
    expect(await close(await change())).toMatchObject({ outcome: 'unchanged', revision: 2 })
  })

  test('the same usage in other blocks is the same content', async () => {
    const { contentHash } = await close({ dryRun: true })
    await place().store.command('TRUNCATE TABLE usage_rollup')
    await place().store.command('TRUNCATE TABLE block_ledger')
    await flushBlock(place().store, {
      partition: 0,
      block: 0,
      nextOffset: 8,
      uses: [...OCTOBER_USES].reverse(),
    })
    await flushBlock(place().store, { partition: 0, block: 1, nextOffset: 11, uses: [] })
    expect((await close()).contentHash).toBe(contentHash)
  })
})

describe('a close that breaks off', () => {
  beforeEach(countAll)

  test.each([1, 2, 3, 4])(
    'at insert %i of a revision leaves the one before, and the next completes it',
    async nth => {
      await close()
      const tariff = withAccessPrice('150')
      const before = await rows('SELECT * FROM statement_lines')
      const accept = ['tariff'] as const
      await expect(close({ tariff, accept, store: failingInsert(place().store, nth) })).rejects.toThrow(
        'the power went',
      )
      expect(await rows('SELECT * FROM statement_lines')).toEqual(before)
      expect(await rows('SELECT * FROM statement_adjustments')).toEqual([])
      expect(await close({ tariff, accept })).toMatchObject({ outcome: 'revised', revision: 2 })
      expect(await rows('SELECT count() AS n, sum(payable_nok) AS nok FROM statement_adjustments')).toEqual([
        { n: '2', nok: '2' },
      ])
    },
  )

  test.each([1, 2, 3])('at insert %i leaves nothing to see, and the next completes it', async nth => {
    await expect(close({ store: failingInsert(place().store, nth) })).rejects.toThrow('the power went')
    for (const view of ['statements', 'statement_lines', 'month_closes']) {
      expect(await rows(`SELECT * FROM ${view}`)).toEqual([])
    }
    expect(await close()).toMatchObject({ outcome: 'closed', revision: 1 })
    expect(await rows('SELECT count() AS n FROM statements')).toEqual([{ n: '3' }])
    expect(await rows('SELECT count() AS n FROM statement_lines')).toEqual([{ n: '6' }])
  })

  test('shows nothing of what it left, even when the next has other content', async () => {
    await expect(close({ store: failingInsert(place().store, 3) })).rejects.toThrow('the power went')
    await flushBlock(place().store, { partition: 0, block: 1, nextOffset: 11, uses: [] })
    await place().store.command('DELETE FROM usage_rollup WHERE block = 8')
    await writeRegistry(place().folder, {
      'activations.csv': 'client_id,integration_id,active_from,active_until\nfirma,shop,2026-01-01,\n',
    })
    await importAll(OCTOBER)
    await close()
    expect(await rows('SELECT client_id, requests, amount_nok FROM statements')).toEqual([
      {
        client_id: 'firma',
        requests: '500041',
        amount_nok: '149.02',
      },
    ])
    expect(await rows('SELECT item FROM statement_lines ORDER BY line')).toEqual([
      { item: 'access_external' },
      { item: 'overage_requests' },
    ])
  })

  test('two at once with other content: the one that comes second reads anew, and asks a person', async () => {
    const first = noteInTariff('the first')
    const store = beforeInsert(place().store, 'month_close', async () => {
      await close({ tariff: first })
    })
    // What it was shown to change came with the first.
    await expect(close({ store, accept: ['tariff'] })).rejects.toThrow('--accept tariff:')
    const second = await close({ accept: ['tariff'] })
    expect(second).toMatchObject({ outcome: 'revised', revision: 2 })
    expect(second.changes.map(change => change.cause)).toEqual(['tariff'])
    expect(
      await rows(`
        SELECT DISTINCT revision, has(definitions, 'the first') AS first, is_latest
        FROM statements ORDER BY revision`),
    ).toEqual([
      { revision: 1, first: 1, is_latest: 0 },
      { revision: 2, first: 0, is_latest: 1 },
    ])
  })

  test('two at once with the same content: one revision, which both name', async () => {
    const store = beforeInsert(place().store, 'month_close', async () => {
      await close({ clock: () => GRACE_END_MS + 5 })
    })
    expect(await close({ store })).toMatchObject({ revision: 1, closedAtMs: GRACE_END_MS + 5 })
    expect(await rows('SELECT count() AS n FROM month_close')).toEqual([{ n: '1' }])
  })

  test('many at once, of two contents, leave each revision with one holder and the newest with the last', async () => {
    const tariffs = [TARIFF, noteInTariff('another')]
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) =>
        close({ tariff: tariffs[index % 2] ?? TARIFF, accept: ['tariff'] }),
      ),
    )
    const done = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    for (const result of results) {
      if (result.status === 'rejected')
        expect(String(result.reason)).toMatch(/another close|--accept tariff:/)
    }
    const recorded = await rows('SELECT revision, content_hash FROM month_close ORDER BY revision')
    expect(recorded.map(row => row.revision)).toEqual(recorded.map((_, index) => index + 1))
    for (const { revision, contentHash } of done) {
      expect(recorded).toContainEqual({ revision, content_hash: contentHash })
    }
    for (const [index, row] of recorded.entries()) {
      expect(row.content_hash).not.toBe(recorded[index + 1]?.content_hash)
    }
  })
})

function noteInTariff(note: string): Tariff {
  return { ...TARIFF, versions: TARIFF.versions.map(version => ({ ...version, note })) }
}
