import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { OCTOBER, useInstallation, withAccessPrice } from '../../test/support/close/close-october.ts'
import {
  flushBlock,
  OCTOBER_END_MS,
  OCTOBER_USES,
  REGISTRY,
  writeRegistry,
} from '../../test/support/close/counted-month.ts'
import { forgetSeals } from '../../test/support/close/forget-seals.ts'
import { type CloseOptions, CloseRefusedError } from './close.ts'

const { place, close, rows, importAll, countAll } = useInstallation()
const DEARER = withAccessPrice('150.5')

beforeEach(async () => {
  await countAll()
  await close()
})

/** A registry in which firma is no client any more. */
async function dropFirma(from = OCTOBER) {
  await writeRegistry(place().folder, {
    'clients.csv': REGISTRY['clients.csv'].replace('firma,Firma AS,byrå,yes\n', ''),
    'activations.csv': REGISTRY['activations.csv'].replaceAll(/firma,.*\n/g, ''),
  })
  return importAll(from)
}

async function countLate(client = 'kunde'): Promise<void> {
  const late = { client, integration: 'shop', timeMs: OCTOBER_END_MS - 1, requests: 1 }
  const uses = [...OCTOBER_USES.slice(2), late]
  await flushBlock(place().store, { partition: 0, block: 1, nextOffset: 11, uses })
}

/** What the close is refused for; nothing may have been recorded, nor shown otherwise in a dry run. */
async function asked(options: Partial<CloseOptions> = {}) {
  const error = await close(options).catch(caught => caught)
  expect(error).toBeInstanceOf(CloseRefusedError)
  expect(await rows('SELECT max(revision) AS revision FROM month_close')).toEqual([{ revision: 1 }])
  const names = error.refusals.map((each: { name: string }) => each.name)
  const { accept: _, ...shown } = options
  const dry = await close({ ...shown, dryRun: true })
  expect(dry).toMatchObject({ outcome: 'dry_run', unaccepted: expect.arrayContaining(names) })
  return error.refusals
}

describe('a closed month changes only once a person has accepted it', () => {
  test('through a registry that was imported for it, which the import says', async () => {
    const imported = await dropFirma()
    expect(imported.monthsBehind).toEqual(['2026-10'])
    await countLate()
    expect(await asked()).toEqual([
      {
        kind: 'change_unaccepted',
        revision: 1,
        cause: 'registry',
        name: expect.stringMatching(/^registry:[0-9a-f]{12}$/),
        detail: expect.stringMatching(/^import [0-9a-f]{12} to [0-9a-f]{12}$/),
        lines: 3,
        amountNok: '-149.02',
        payableNok: '-149.00',
        payers: [
          {
            ...{ payerId: 'byrå', payerName: 'Byrå AS', cause: 'registry' },
            ...{ amountNok: '-149.02', payableNok: '-149.00' },
          },
        ],
      },
    ])
    expect(await asked({ accept: ['tariff', 'rules'] })).toHaveLength(1)
    expect(await close({ accept: ['registry'] })).toMatchObject({
      outcome: 'revised',
      revision: 2,
      changes: [{ cause: 'usage' }, { cause: 'registry', amountNok: '-149.02' }],
    })
    expect(await dropFirma()).toMatchObject({ outcome: 'unchanged', monthsBehind: [] })
  })

  test('what comes after a dry run is not accepted with what it showed: another import, another amount', async () => {
    await dropFirma()
    const [shown = ''] = (await close({ dryRun: true })).unaccepted
    expect((await close({ dryRun: true })).unaccepted).toEqual([shown])
    await writeRegistry(place().folder, {
      'activations.csv': REGISTRY['activations.csv'].replaceAll(/kunde,shop,.*\n/g, ''),
    })
    await importAll(OCTOBER)
    const [other] = await asked({ accept: [shown] })
    expect(other.name).not.toBe(shown)
    await dropFirma()
    // Late events revise as ever, and leave the difference that was shown as it was.
    await countLate()
    expect(await close({ accept: [shown] })).toMatchObject({ outcome: 'revised', revision: 2 })
  })

  test('through another tariff than it was closed by', async () => {
    const [refusal] = await asked({ tariff: DEARER })
    expect(refusal).toMatchObject({ cause: 'tariff', lines: 2, amountNok: '3.00', payableNok: '3.00' })
    expect(refusal.payers).toMatchObject([{ payerId: 'byrå' }, { payerId: 'kunde' }])
    expect(await close({ tariff: DEARER, accept: ['tariff'] })).toMatchObject({ revision: 2 })
  })

  test('through each of both', async () => {
    await dropFirma()
    expect(await asked({ tariff: DEARER })).toMatchObject([
      { cause: 'registry', amountNok: '-149.02' },
      { cause: 'tariff', amountNok: '1.50' },
    ])
    expect(await asked({ tariff: DEARER, accept: ['registry'] })).toMatchObject([{ cause: 'tariff' }])
    expect(await close({ tariff: DEARER, accept: ['registry', 'tariff'] })).toMatchObject({ revision: 2 })
  })

  test('through other rules, with the same inputs', async () => {
    const { store } = place()
    const sync = 'SETTINGS mutations_sync = 2'
    const set = (table: string, values: string) =>
      store.command(`ALTER TABLE ${table} UPDATE ${values} ${sync}`)
    await set('statement_line', `amount_nok = 148 WHERE item = 'access_external' AND client_id = 'kunde'`)
    await set('month_close', `content_hash = 'by older rules' WHERE 1`)
    await forgetSeals(place().store)
    expect(await asked()).toMatchObject([
      { cause: 'rules', lines: 1, amountNok: '1.00', payers: [{ payerId: 'kunde', amountNok: '1.00' }] },
    ])
    await countLate('firma')
    expect(await asked()).toMatchObject([{ cause: 'rules', lines: 1, amountNok: '1.00' }])
    expect(await close({ accept: ['rules'] })).toMatchObject({ outcome: 'revised', revision: 2 })
  })

  test('also where other rules change no line', async () => {
    await place().store.command(
      `ALTER TABLE month_close UPDATE content_hash = 'by older rules' WHERE 1 SETTINGS mutations_sync = 2`,
    )
    await forgetSeals(place().store)
    await writeRegistry(place().folder, {
      'activations.csv': `${REGISTRY['activations.csv']}byrå,web,2026-11-01,\n`,
    })
    await importAll(OCTOBER)
    expect(await asked()).toMatchObject([{ cause: 'rules', lines: 0, amountNok: '0.00', payers: [] }])
  })
})

test('late events alone are the next revision, also after an import that says the same of the month', async () => {
  const activations = `${REGISTRY['activations.csv']}byrå,web,2026-11-01,\n`
  await writeRegistry(place().folder, { 'activations.csv': activations })
  await importAll(OCTOBER)
  await countLate()
  const revised = await close()
  expect(revised).toMatchObject({ outcome: 'revised', revision: 2, unaccepted: [] })
  expect(revised.changes.map(each => each.cause)).toEqual(['usage', 'registry'])
})

test('a registry of the month after leaves it as it was', async () => {
  expect(await dropFirma(parseBillingPeriod('2026-11'))).toMatchObject({ monthsBehind: [] })
  await countLate()
  const revised = await close()
  expect(revised.changes.map(each => each.cause)).toEqual(['usage'])
  expect(revised.statements.map(each => each.clientId)).toContain('firma')
})
