import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { importRegistry, RegistryFaultsError } from './import-registry.ts'
import { readStoredRegistry } from './read-stored-registry.ts'
import {
  type Installation,
  openInstallation,
  REGISTRY,
  removeInstallations,
  writeRegistry,
} from './testing/counted-month.ts'
import { failingInsert } from './testing/disturbed-store.ts'

let place: Installation
beforeEach(async () => {
  place = await openInstallation()
  await writeRegistry(place.folder)
})
afterEach(() => place.log.close())
afterAll(removeInstallations)

const run = (store = place.store) =>
  importRegistry({ store, directory: place.folder, clock: () => place.clock.nowMs })
const firstName = async () => (await readStoredRegistry(place.store))?.registry.clients[0]?.name
const renamed = { 'clients.csv': REGISTRY['clients.csv'].replace('byrå,Byrå AS', 'byrå,Annet AS') }

test('before the first import there is none', async () => {
  expect(await readStoredRegistry(place.store)).toBeNull()
})

test('what is imported is what is read back', async () => {
  const imported = await run()
  expect(imported).toMatchObject({
    outcome: 'imported',
    clients: 3,
    partners: 1,
    integrations: 3,
    activations: 4,
  })
  const stored = await readStoredRegistry(place.store)
  expect(stored?.importId).toBe(imported.importId)
  expect(stored?.registry.clients).toContainEqual({
    clientId: 'kunde',
    name: 'Kunde, stor',
    partnerId: 'byrå',
    collectiveInvoice: false,
  })
  expect(stored?.registry.activations).toContainEqual({
    clientId: 'kunde',
    integrationId: 'shop',
    activeFrom: '2026-10-31',
    activeUntil: null,
  })
})

test('ids that a database sorts in another order than we do are read back as imported', async () => {
  const clients = `${REGISTRY['clients.csv']}\u{1f41f},Fisk,,no\n\uff21,Bred A,,no\n`
  await writeRegistry(place.folder, { 'clients.csv': clients })
  const { importId } = await run()
  expect((await readStoredRegistry(place.store))?.importId).toBe(importId)
})

test('the same content again changes nothing; an older one imported again holds again', async () => {
  const { importId } = await run()
  expect(await run()).toMatchObject({ outcome: 'unchanged', importId })

  place.clock.nowMs -= 86_400_000 // A clock that was set back must not let an older import hold.
  await writeRegistry(place.folder, renamed)
  expect((await run()).outcome).toBe('imported')
  expect(await firstName()).toBe('Annet AS')

  await writeRegistry(place.folder)
  expect(await run()).toMatchObject({ outcome: 'imported', importId })
  expect(await firstName()).toBe('Byrå AS')
})

test('a folder with mistakes stores nothing and names them all', async () => {
  await run()
  await writeRegistry(place.folder, { ...renamed, 'partners.csv': 'partner_id,name\nborte,\n' })
  const error = await run().catch(caught => caught)
  expect(error).toBeInstanceOf(RegistryFaultsError)
  expect(error.message).toContain('partners.csv:2, partner_id: "borte" is no client')
  expect(error.message).toContain('partners.csv:2, name: the cell is empty')
  expect(error.message).toContain('clients.csv:3, partner_id: "byrå" is unknown')
  expect(await firstName()).toBe('Byrå AS')
})

test('a path that is no folder is refused', async () => {
  const directory = `${place.folder}/clients.csv`
  await expect(importRegistry({ store: place.store, directory, clock: () => 0 })).rejects.toThrow(
    /no folder; expected one with clients\.csv/,
  )
})

test('an import that breaks off leaves the one before, and is completed by the next', async () => {
  await run()
  await writeRegistry(place.folder, renamed)
  for (const broken of [1, 2, 3, 4, 5]) {
    await expect(run(failingInsert(place.store, broken))).rejects.toThrow('the power went')
    expect(await firstName()).toBe('Byrå AS')
  }
  expect((await run()).outcome).toBe('imported')
  expect(await firstName()).toBe('Annet AS')
})

test('rows that were changed in the store are not taken for what was imported', async () => {
  const { importId } = await run()
  await place.store.insert('registry_partner', [
    { import_id: importId, partner_id: 'firma', name: 'Innsmuglet' },
  ])
  await expect(readStoredRegistry(place.store)).rejects.toThrow(/its rows were changed in the store/)
})
