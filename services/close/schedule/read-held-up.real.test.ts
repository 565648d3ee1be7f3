import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { expect, test } from 'vitest'
import { OCTOBER, TARIFF, useInstallation } from '../../../test/support/close/close-october.ts'
import { REGISTRY, TOPIC, writeRegistry } from '../../../test/support/close/counted-month.ts'
import { compareRegistries } from '../registry/compare-registries.ts'
import { readHeldUp } from './read-held-up.ts'

const { place, close, importAll, countAll } = useInstallation()

async function heldUp(tariff = TARIFF) {
  const { store, clock } = place()
  const schedule = { expression: '0 6 2 * *', timeZone: 'Europe/Oslo', from: null }
  const topics = { stream: TOPIC, topic: 'billing.statements' }
  const isSameRegistry = compareRegistries(store)
  return readHeldUp({ store, ...topics, schedule, tariff, isSameRegistry }, clock.nowMs)
}

test('by what the store holds: a first close, an approval, a registry or a tariff that came since', async () => {
  await countAll()
  place().clock.nowMs += 86_400_000
  expect(await heldUp()).toMatchObject([{ kind: 'no_first_month', month: '2026-10' }])
  await close({ announce: 'after-approval' })
  const approval = { kind: 'approval', month: '2026-10', revisions: [1] }
  expect(await heldUp()).toMatchObject([approval])

  const later = `${REGISTRY['activations.csv']}byrå,web,2026-11-01,\n`
  await writeRegistry(place().folder, { 'activations.csv': later })
  await importAll(OCTOBER)
  expect(await heldUp()).toMatchObject([approval])
  await writeRegistry(place().folder, {
    'clients.csv': REGISTRY['clients.csv'].replace('Firma AS', 'Firma ASA'),
  })
  await importAll(parseBillingPeriod('2026-11'))
  expect(await heldUp()).toMatchObject([approval])
  await importAll(OCTOBER)
  const changed = { kind: 'inputs_changed', month: '2026-10', revision: 1 }
  expect(await heldUp()).toMatchObject([approval, { ...changed, causes: ['registry'] }])
  const versions = TARIFF.versions.map(version => ({ ...version, note: 'another' }))
  expect(await heldUp({ ...TARIFF, versions })).toMatchObject([approval, { causes: ['registry', 'tariff'] }])

  await close({ accept: ['registry'] })
  expect(await heldUp()).toMatchObject([{ ...approval, revisions: [1, 2] }])
})
