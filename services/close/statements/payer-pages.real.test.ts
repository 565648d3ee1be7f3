import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import { statementAnnouncement } from '@forbruk/infra/store/tables/statement-announcement.ts'
import { LANGUAGES } from '@forbruk/schemas/statement/language.ts'
import type { PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { TARIFF, useInstallation, withAccessPrice } from '../../../test/support/close/close-october.ts'
import {
  appendRecords,
  flushBlock,
  GRACE_END_MS,
  REGISTRY,
} from '../../../test/support/close/counted-month.ts'
import {
  decideCharge,
  INVOICED_CLIENTS,
  importClients,
  SELLER,
} from '../../../test/support/close/invoiced-october.ts'
import { readPage } from '../../../test/support/close/read-page.ts'
import { findRevision } from './find-revision.ts'
import { renderStatement } from './page/render-statement.ts'
import { readPayerStatements } from './read-payer-statements.ts'
import { writePages } from './write-pages.ts'

const october = useInstallation()
const { place, close, countAll } = october

async function state(payerId: string, revision: number): Promise<PayerStatement> {
  const stated = await findRevision(place().store, '2026-10', revision)
  if (stated === null) throw new Error(`October has no revision ${revision}`)
  const range = { first: payerId, last: payerId }
  const stating = { timeZone: TARIFF.timeZone, seller: SELLER }
  const [statement] = await readPayerStatements(place().store, stated, range, stating)
  if (statement === undefined) throw new Error(`${payerId} has no statement in r${revision}`)
  return statement
}

/** As announcing a whole revision ends. */
async function markAnnounced(revision: number): Promise<void> {
  const announced = { topic: 'billing.statements', events: 3, announcedAtMs: GRACE_END_MS }
  await insertValues(place().store, statementAnnouncement, [{ month: '2026-10', revision, ...announced }])
}

/** Late use of firma's, from the shop that it has active. */
async function useMore(block: number, requests: number): Promise<void> {
  const uses = [{ client: 'firma', integration: 'shop', requests, requestBytes: 1_000 }]
  await appendRecords(place().log, 1, 8)
  await flushBlock(place().store, { partition: 1, block, nextOffset: block * 8 + 8, uses })
}

beforeEach(async () => {
  await countAll()
  await importClients(october, INVOICED_CLIENTS)
  await close()
})

describe('the pages of a month', () => {
  test.each(LANGUAGES)('are these in %s', async language => {
    await markAnnounced(1)
    await decideCharge(place(), 'firma/2026-10')
    await close()
    for (const [payerId, revision] of [
      ['byrå', 2],
      ['kunde', 1],
    ] as const) {
      // Without the hash, since it is of all that a month rests on, and without the style, which is long.
      const statement = { ...(await state(payerId, revision)), contentHash: '0'.repeat(64) }
      const page = renderStatement(statement, language).replace(/<style>[\s\S]*<\/style>\n/, '')
      const name = payerId === 'byrå' ? 'partner' : 'client'
      await expect(page).toMatchFileSnapshot(`page/golden/${name}-r${revision}.${language}.html`)
    }
  })

  test('are written a file each, in both languages side by side', async () => {
    const stated = await findRevision(place().store, '2026-10', null)
    if (stated === null) throw new Error('October is closed')
    const directory = join(place().folder, 'pages')
    const writing = { store: place().store, stated, timeZone: TARIFF.timeZone, seller: SELLER, directory }
    const all = { ...writing, payerId: null, onWritten: () => {} }
    const files = [
      ...(await writePages({ ...all, language: 'nb' })),
      ...(await writePages({ ...all, language: 'en', payerId: 'kunde' })),
    ]
    expect(files.map(file => file.slice(directory.length + 1))).toEqual([
      '2026-10-r1-byr%c3%a5.html',
      '2026-10-r1-kunde.html',
      '2026-10-r1-kunde.en.html',
    ])
    expect(await readFile(files[2] ?? '', 'utf8')).toContain('This is not an invoice')
  })

  test('name who pays with its number, the case, and the clients that a tier counted', async () => {
    const partner = readPage(renderStatement(await state('byrå', 1), 'nb'))
    expect(partner).toContain('Byrå &amp; &quot;Sønner&quot; AS Storgata 2 0155 Oslo Org.nr. 310 000 027')
    expect(partner).toContain('Sak firma/2026-10. Kontakt: Faktura, faktura@example.com')
    expect(partner).toMatch(/Partnernivå T1 teller 1 klient {1,3}Kunde, stor.? kunde/)
    expect(partner).toContain('Merverdiavgift 25 % 87,25 kr')
  })

  test('hold nothing of the log: no source, no offset, no hash but the month’s', async () => {
    const stated = await findRevision(place().store, '2026-10', null)
    const hidden = ['gw1', 'gateway.requests', stated?.proof.registryImportId, stated?.proof.tariffHash]
    for (const payerId of ['byrå', 'kunde']) {
      const statement = await state(payerId, 1)
      const texts = [JSON.stringify(statement), ...LANGUAGES.map(each => renderStatement(statement, each))]
      for (const text of texts) for (const each of hidden) expect(text).not.toContain(each)
    }
  })
})

describe('what changed is told against what was announced', () => {
  test('over revisions that were not, whatever those said', async () => {
    await markAnnounced(1)
    await useMore(0, 100)
    await close()
    await useMore(1, 50)
    await decideCharge(place(), 'firma/2026-10')
    await close()
    const { difference, adjustmentsPayableNok } = await state('byrå', 3)
    // 500 151 requests: 151 above, of which 101 were decided when the case knew of them.
    expect(difference).toMatchObject({ revision: 1, number: '2026-10-r1-byrå', payableNok: '1.72' })
    expect(adjustmentsPayableNok).toBe('1.72')
    const [first, second] = difference?.lines ?? []
    expect(first).toMatchObject({
      item: 'overage_requests',
      quantityBefore: '1',
      quantityAfter: '101',
      statusBefore: 'proposed',
      statusAfter: 'payable',
      requestsMore: '150',
      bytesMore: '2000',
      payableNok: '1.72',
    })
    expect(first?.causes.map(each => [each.cause, each.amountNok])).toEqual([
      ['usage', '2.55'],
      ['decision', '-0.85'],
    ])
    expect(second).toMatchObject({ quantityBefore: '0', quantityAfter: '50', statusAfter: 'proposed' })
    await markAnnounced(2)
    expect((await state('byrå', 3)).difference).toMatchObject({ revision: 2, number: '2026-10-r2-byrå' })
  })

  test('not at all where nothing was announced', async () => {
    await useMore(0, 100)
    await close()
    const statement = await state('byrå', 2)
    expect(statement.difference).toBeNull()
    expect(readPage(renderStatement(statement, 'nb'))).not.toContain('Endret siden')
  })

  test('with a price change in prices', async () => {
    await markAnnounced(1)
    await close({ tariff: withAccessPrice('199'), accept: ['tariff'] })
    const { difference } = await state('kunde', 2)
    expect(difference?.lines).toMatchObject([
      {
        item: 'access_external',
        payableNok: '50.00',
        priceChanges: [{ term: 'access_price', before: '149', after: '199' }],
      },
    ])
    const page = readPage(renderStatement(await state('kunde', 2), 'nb'))
    expect(page).toContain('Prislisten er endret: pris per måned fra 149,00 kr til 199,00 kr')
  })

  test('also to who has no client left, and is owed something', async () => {
    await markAnnounced(1)
    const own = INVOICED_CLIENTS.replace('byrå,yes,,,,,,', 'byrå,no,310000043,,,,,NO')
    const activations = REGISTRY['activations.csv'].replace('kunde,bi,2026-01-01,\n', '')
    await importClients(october, own, { 'activations.csv': activations })
    await close({ accept: ['registry'] })
    const statement = await state('byrå', 2)
    expect(statement).toMatchObject({ clients: [], difference: { payableNok: '-349.00' } })
    const page = readPage(renderStatement(statement, 'nb'))
    expect(page).toContain('Bare forskjellen til avregning 2026-10-r1-byrå, 349,00 kr uten mva., krediteres.')
    // Firma pays for itself now, and was told nothing before.
    expect(await state('firma', 2)).toMatchObject({ payableNok: '149.00', difference: null })
  })
})
