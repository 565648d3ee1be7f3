import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type Installation,
  OCTOBER_END_MS,
  openInstallation,
  REGISTRY,
  removeInstallations,
  writeRegistry,
} from '../../../test/support/close/counted-month.ts'
import { beforeInsert, failingInsert } from '../../../test/support/close/disturbed-store.ts'
import { importFolder } from '../../../test/support/close/import-folder.ts'
import { importUpload, RegistryFaultsError } from './import-registry.ts'
import { readStoredRegistry } from './read-stored-registry.ts'
import { placeVersions, readVersions } from './registry-versions.ts'

let place: Installation
beforeEach(async () => {
  place = await openInstallation()
  await writeRegistry(place.folder)
})
afterEach(() => place.log.close())
afterAll(removeInstallations)

const clock = () => place.clock.nowMs
const timeZone = 'Europe/Oslo'
const run = (store = place.store) => importFolder({ store, directory: place.folder, timeZone, clock })
const stored = (month = '2026-10') => readStoredRegistry(place.store, month)
const firstName = async (month?: string) => (await stored(month))?.registry.clients[0]?.name
const named = (name: string) => ({
  'clients.csv': REGISTRY['clients.csv'].replace('byrå,Byrå AS', `byrå,${name}`),
})
const renamed = named('Annet AS')

/** Uploads the registry's texts with another name of its first client, from a month on, or from the current one. */
function runNamed(name: string, validFrom: string | null, store = place.store) {
  const texts: Record<string, string> = { ...REGISTRY, ...named(name) }
  const tables = Object.entries(texts).map(([file, text]) => [file.replace('.csv', ''), text])
  const month = validFrom === null ? {} : { validFrom }
  const body = Readable.from([Buffer.from(JSON.stringify({ ...Object.fromEntries(tables), ...month }))])
  return importUpload({ store, body, timeZone, clock })
}

test('before the first import there is none', async () => {
  expect(await stored()).toBeNull()
})

test('what is imported is what is read back', async () => {
  const imported = await run()
  expect(imported).toMatchObject({
    outcome: 'imported',
    sequence: 1,
    validFrom: null,
    holds: { from: null, until: null },
    clients: 3,
    partners: 1,
    integrations: 3,
    activations: 4,
  })
  const read = await stored()
  expect(read?.importId).toBe(imported.importId)
  expect(read?.version).toMatchObject({ sequence: 1, importedAtMs: place.clock.nowMs, clients: 3 })
  expect(read?.registry.clients).toContainEqual({
    clientId: 'kunde',
    name: 'Kunde, stor',
    partnerId: 'byrå',
    collectiveInvoice: false,
  })
  expect(read?.registry.activations).toContainEqual({
    clientId: 'kunde',
    integrationId: 'shop',
    activeFrom: '2026-10-31',
    activeUntil: null,
  })
})

test('what an invoice needs is read back as imported; without it a registry keeps the hash it always had', async () => {
  const [header, ...rows] = REGISTRY['clients.csv'].trim().split('\n')
  const buyers = ['923609016,0192:923609016,Ref 7,Storgata 1,0155,Oslo,NO', ',,,,,,', ',,,,,Bodø,']
  const columns = 'organisation_number,electronic_address,buyer_reference,street,postal_code,city,country'
  const lines = rows.map((row, index) => `${row},${buyers[index]}`)
  await writeRegistry(place.folder, { 'clients.csv': [`${header},${columns}`, ...lines].join('\n') })
  await run()
  expect((await stored())?.registry.clients.map(each => each.buyer)).toEqual([
    {
      organisationNumber: '923609016',
      electronicAddress: '0192:923609016',
      buyerReference: 'Ref 7',
      street: 'Storgata 1',
      postalCode: '0155',
      city: 'Oslo',
      country: 'NO',
    },
    undefined,
    { city: 'Bodø' },
  ])

  await writeRegistry(place.folder)
  expect((await run()).importId).toBe('3fe36d5c9ba391db1e47776dfc2596b76c8d3aa1ca27d0b31750544ab0f5b3b4')
  expect((await stored())?.registry.clients[0]).not.toHaveProperty('buyer')
})

test('ids that a database sorts in another order than we do are read back as imported', async () => {
  const clients = `${REGISTRY['clients.csv']}\u{1f41f},Fisk,,no\n\uff21,Bred A,,no\n`
  await writeRegistry(place.folder, { 'clients.csv': clients })
  const { importId } = await run()
  expect((await stored())?.importId).toBe(importId)
})

test('the same content again changes nothing; an older one imported again holds again', async () => {
  const { importId } = await run()
  expect(await run()).toMatchObject({ outcome: 'unchanged', importId, sequence: 1 })

  place.clock.nowMs -= 86_400_000 // A clock that was set back must not let an older import hold.
  await writeRegistry(place.folder, renamed)
  expect((await run()).outcome).toBe('imported')
  expect(await firstName()).toBe('Annet AS')

  await writeRegistry(place.folder)
  expect(await run()).toMatchObject({ outcome: 'imported', importId, sequence: 3 })
  expect(await firstName()).toBe('Byrå AS')
})

describe('an import for which no month is named', () => {
  test('holds for every month as the first one, and else from the current month on', async () => {
    expect((await runNamed('En AS', null)).holds).toEqual({ from: null, until: null })
    expect((await runNamed('To AS', null)).holds).toEqual({ from: '2026-10', until: null })
    // The last hour of October in UTC is November in Oslo.
    place.clock.nowMs = OCTOBER_END_MS
    expect((await runNamed('Tre AS', null)).holds).toEqual({ from: '2026-11', until: null })
    const names = await Promise.all(['2026-09', '2026-10', '2026-11'].map(firstName))
    expect(names).toEqual(['En AS', 'To AS', 'Tre AS'])
  })

  test('leaves a client who left in the month before', async () => {
    await run()
    place.clock.nowMs = OCTOBER_END_MS
    const clients = REGISTRY['clients.csv'].replace('firma,Firma AS,byrå,yes\n', '')
    const activations = REGISTRY['activations.csv'].replaceAll(/firma,.*\n/g, '')
    await writeRegistry(place.folder, { 'clients.csv': clients, 'activations.csv': activations })
    await run()
    const idsIn = async (month: string) =>
      (await stored(month))?.registry.clients.map(each => each.clientId).toSorted()
    expect(await idsIn('2026-10')).toEqual(['byrå', 'firma', 'kunde'])
    expect(await idsIn('2026-11')).toEqual(['byrå', 'kunde'])
  })

  test('is no other version of what holds already', async () => {
    await runNamed('En AS', null)
    place.clock.nowMs = OCTOBER_END_MS
    expect(await runNamed('En AS', null)).toMatchObject({ outcome: 'unchanged', sequence: 1 })
  })
})

describe('dated versions', () => {
  test('a month is rated with what held then', async () => {
    await runNamed('Gammel AS', null)
    expect(await runNamed('Ny AS', '2026-10')).toMatchObject({
      outcome: 'imported',
      sequence: 2,
      validFrom: '2026-10',
      holds: { from: '2026-10', until: null },
    })
    expect(await firstName('2026-09')).toBe('Gammel AS')
    expect(await firstName('2026-10')).toBe('Ny AS')
    expect(await firstName('2031-01')).toBe('Ny AS')
  })

  test('a corrected import for an earlier month changes only that month on, up to the next version', async () => {
    await runNamed('Gammel AS', null)
    await runNamed('Ny AS', '2026-10')
    const corrected = await runNamed('Rettet AS', '2026-08')
    expect(corrected.holds).toEqual({ from: '2026-08', until: '2026-10' })
    const names = await Promise.all(['2026-07', '2026-08', '2026-09', '2026-10'].map(firstName))
    expect(names).toEqual(['Gammel AS', 'Rettet AS', 'Rettet AS', 'Ny AS'])

    await runNamed('Rettet igjen AS', '2026-08')
    expect(await firstName('2026-09')).toBe('Rettet igjen AS')
    expect(placeVersions(await readVersions(place.store)).map(each => each.holds)).toEqual([
      { from: null, until: '2026-08' },
      { from: '2026-10', until: null },
      null,
      { from: '2026-08', until: '2026-10' },
    ])
  })

  test('the same content from another month on is another version', async () => {
    const { importId } = await runNamed('Samme AS', '2026-10')
    expect(await runNamed('Samme AS', '2026-12')).toMatchObject({
      outcome: 'imported',
      importId,
      sequence: 2,
    })
    expect(await runNamed('Samme AS', '2026-10')).toMatchObject({ outcome: 'unchanged', sequence: 1 })
    expect(await stored('2026-09')).toBeNull()
  })

  test('analysts see which import holds', async () => {
    await runNamed('En AS', '2026-10')
    await runNamed('To AS', '2026-10')
    const rows = await place.store.queryText(
      'SELECT sequence, valid_from, holds FROM registry_imports',
      'CSV',
    )
    expect(rows).toBe('1,"2026-10",0\n2,"2026-10",1\n')
  })
})

describe('mistakes', () => {
  test('a folder with them stores nothing and names them all', async () => {
    await run()
    await writeRegistry(place.folder, { ...renamed, 'partners.csv': 'partner_id,name\nborte,\n' })
    const error = await run().catch(caught => caught)
    expect(error).toBeInstanceOf(RegistryFaultsError)
    expect(error.message).toContain('partners.csv:2, partner_id: "borte" is no client')
    expect(error.message).toContain('partners.csv:2, name: the cell is empty')
    expect(error.message).toContain('clients.csv:3, partner_id: "byrå" is unknown')
    expect(await firstName()).toBe('Byrå AS')
    expect(await readVersions(place.store)).toHaveLength(1)
  })

  test('very many are counted, and the first are told', async () => {
    const clients = Array.from({ length: 1_500 }, (_, index) => `k${index},,,no\n`).join('')
    await writeRegistry(place.folder, { 'clients.csv': `${REGISTRY['clients.csv']}${clients}` })
    const error = await run().catch(caught => caught)
    expect(error.faults).toHaveLength(1_000)
    expect(error).toBeInstanceOf(RegistryFaultsError)
    expect(error.message).toMatch(
      /\n {2}clients\.csv:1004, name: the cell is empty; expected a name: .*\n {2}and 500 more$/,
    )
  })

  test('a folder that can not be looked at is not taken for none', async () => {
    const directory = 'x'.repeat(300)
    await expect(importFolder({ store: place.store, directory, timeZone, clock })).rejects.toThrow(
      /it can't be looked at: ENAMETOOLONG/,
    )
  })

  test('a path that is no folder is refused', async () => {
    const directory = `${place.folder}/clients.csv`
    await expect(importFolder({ store: place.store, directory, timeZone, clock })).rejects.toThrow(
      /no folder; expected one with clients\.csv/,
    )
  })
})

test('an import that breaks off leaves the one before, and is completed by the next', async () => {
  await run()
  await writeRegistry(place.folder, renamed)
  for (const broken of [1, 2, 3, 4, 5]) {
    await expect(run(failingInsert(place.store, broken))).rejects.toThrow('the power went')
    expect(await firstName()).toBe('Byrå AS')
  }
  expect(await run()).toMatchObject({ outcome: 'imported', sequence: 2 })
  expect(await firstName()).toBe('Annet AS')
})

describe('imports at the same time', () => {
  test('each gets a number of its own, and the last holds', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `Firma ${index} AS`)
    const imports = await Promise.all(names.map(name => runNamed(name, null)))
    const versions = await readVersions(place.store)
    expect(versions.map(each => each.sequence)).toEqual([1, 2, 3, 4, 5, 6])
    const last = imports.findIndex(each => each.sequence === 6)
    expect(await firstName()).toBe(names[last])
  })

  test('one that comes in between takes the number, and is corrected by the other', async () => {
    const disturbed = beforeInsert(place.store, 'registry_import', async () => {
      await runNamed('Først AS', null)
    })
    expect(await runNamed('Sist AS', null, disturbed)).toMatchObject({ outcome: 'imported', sequence: 2 })
    expect(await firstName()).toBe('Sist AS')
    expect(await readVersions(place.store)).toHaveLength(2)
  })
})

test('rows that were changed in the store are not taken for what was imported', async () => {
  const { importId } = await run()
  await place.store.insert('registry_partner', [
    { import_id: importId, partner_id: 'firma', name: 'Innsmuglet' },
  ])
  await expect(stored()).rejects.toThrow(/its rows were changed in the store/)
})
