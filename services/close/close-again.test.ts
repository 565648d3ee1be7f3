import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { type CloseOptions, CloseRefusedError } from './close.ts'
import { TARIFF, useInstallation } from './testing/close-october.ts'
import {
  appendRecords,
  flushBlock,
  GRACE_END_MS,
  OCTOBER_BLOCKS,
  OCTOBER_END_MS,
  OCTOBER_USES,
  REGISTRY,
  writeRegistry,
} from './testing/counted-month.ts'
import { beforeInsert, failingInsert } from './testing/disturbed-store.ts'

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
    await importAll()
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
        await appendRecords(place().log, 0, 1)
        return {}
      },
    ],
    [
      'a name in the registry',
      async () => {
        await writeRegistry(place().folder, {
          'clients.csv': REGISTRY['clients.csv'].replace('Firma AS', 'Firma ASA'),
        })
        await importAll()
        return {}
      },
    ],
    ['the tariff', async () => ({ tariff: noteInTariff('another') })],
  ])('with other content is refused: %s', async (_what, change) => {
    const { contentHash } = await close()
    const options = await change()
    const error = await close(options).catch(caught => caught)
    expect(error).toBeInstanceOf(CloseRefusedError)
    expect(error.message).toMatch(
      new RegExp(
        `^2026-10 is not closed:\\n {2}closed as r1 with hash ${contentHash}; these inputs give [0-9a-f]{64}; a new revision is not supported yet$`,
      ),
    )
    expect(await rows('SELECT DISTINCT content_hash FROM statements')).toEqual([
      { content_hash: contentHash },
    ])
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
    await place().store.command('DELETE FROM usage_rollup WHERE block = 1')
    await writeRegistry(place().folder, {
      'activations.csv': 'client_id,integration_id,active_from,active_until\nfirma,shop,2026-01-01,\n',
    })
    await importAll()
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

  test('two at once with other content: the first recorded holds, the other is told', async () => {
    const winner = noteInTariff('the winner')
    const store = beforeInsert(place().store, 'month_close', async () => {
      await close({ tariff: winner, clock: () => GRACE_END_MS })
    })
    const error = await close({ store, clock: () => GRACE_END_MS + 1 }).catch(caught => caught)
    expect(error).toBeInstanceOf(CloseRefusedError)
    const { contentHash } = error.refusals[0]
    expect(await rows(`SELECT * FROM month_closes WHERE content_hash = '${contentHash}'`)).toEqual([])
    expect(await rows("SELECT DISTINCT has(definitions, 'the winner') AS won FROM statements")).toEqual([
      { won: 1 },
    ])
  })
})

function noteInTariff(note: string): Tariff {
  return { ...TARIFF, versions: TARIFF.versions.map(version => ({ ...version, note })) }
}
