import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openReadableStore, openStore } from '@forbruk/infra/store/open-store.ts'
import { queryReadOnly } from '@forbruk/infra/store/query-read-only.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { StoreSettings } from '@forbruk/infra/store/store-settings.ts'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startKillableStore } from '../support/store/killable-store.ts'
import { makeFolder } from '../support/store/open-stores.ts'
import { fillSample } from '../support/store/sample-table.ts'
import { startStoreHolder } from '../support/store/start-store-holder.ts'

type Opened = { readonly store: Store; readonly settings: StoreSettings }

async function openEmbedded(): Promise<Opened> {
  const folder = await makeFolder()
  onTestFinished(folder.remove)
  const settings: StoreSettings = { kind: 'embedded', path: folder.path, database: 'forbruk' }
  const store = await openStore(settings)
  onTestFinished(() => store.close())
  await fillSample(store)
  return { store, settings }
}

async function openReader(): Promise<Opened> {
  const folder = await makeFolder()
  onTestFinished(folder.remove)
  const holder = await startStoreHolder(folder.path, 'serve')
  onTestFinished(() => holder.stop())
  const settings: StoreSettings = { kind: 'embedded', path: folder.path, database: 'forbruk' }
  const store = await openReadableStore(settings)
  onTestFinished(() => store.close())
  return { store, settings }
}

/** By a stand-in: it takes the settings of a URL as a server does. */
async function openServer(): Promise<Opened> {
  const folder = await makeFolder()
  onTestFinished(folder.remove)
  mkdirSync(folder.path, { recursive: true })
  const server = await startKillableStore(folder.path, join(folder.path, 'output'))
  onTestFinished(() => server.stop())
  const settings: StoreSettings = {
    kind: 'server',
    url: server.url,
    user: 'default',
    password: '',
    database: 'forbruk',
  }
  const store = await openStore(settings)
  onTestFinished(() => store.close())
  await fillSample(store)
  return { store, settings }
}

const COUNT = 'SELECT count() FROM sample'

describe.each([
  ['embedded', openEmbedded],
  ["another process's", openReader],
  ["a server's", openServer],
])('somebody’s own statement on an %s store', (_kind, open) => {
  it('reads, and writes nothing whatever it says', { timeout: 60_000 }, async () => {
    const { store, settings } = await open()
    expect(await queryReadOnly(store, settings, COUNT, 'TSV')).toBe('2\n')
    for (const sql of [
      'DROP TABLE sample',
      'TRUNCATE TABLE sample',
      'INSERT INTO sample (id) VALUES (3)',
      'ALTER TABLE sample DELETE WHERE 1',
      'SET readonly = 0',
      `${COUNT} SETTINGS readonly = 0`,
    ]) {
      await expect(queryReadOnly(store, settings, sql, 'TSV'), sql).rejects.toMatchObject({
        code: 'READONLY',
      })
    }
    await expect(queryReadOnly(store, settings, 'SELEC 1', 'TSV')).rejects.toMatchObject({
      code: 'SYNTAX_ERROR',
    })
    expect(await queryReadOnly(store, settings, COUNT, 'TSV')).toBe('2\n')
  })
})
