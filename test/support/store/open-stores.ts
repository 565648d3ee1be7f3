import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openReadableStore, openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { startKillableStore } from './killable-store.ts'
import { fillSample } from './sample-table.ts'
import { startStoreHolder } from './start-store-holder.ts'

export type OpenedStore = { readonly store: Store; close(): Promise<void> }

/** Of one test file: on a server several of them run at a time, and each drops its own. */
export const database = `forbruk_contract_${randomUUID().slice(0, 8)}`
const serverUrl = process.env.CLICKHOUSE_URL

export async function makeFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'forbruk-store-'))
  return { path: join(root, 'store'), remove: () => rm(root, { recursive: true, force: true }) }
}

async function openEmbedded(): Promise<OpenedStore> {
  const folder = await makeFolder()
  const store = await openStore({ kind: 'embedded', path: folder.path, database })
  await fillSample(store)
  return {
    store,
    async close() {
      await store.close()
      await folder.remove()
    },
  }
}

/** Through the read-only endpoint of another process. */
async function openReader(): Promise<OpenedStore> {
  const folder = await makeFolder()
  const holder = await startStoreHolder(folder.path, 'serve')
  const store = await openReadableStore({ kind: 'embedded', path: folder.path, database: 'forbruk' })
  return {
    store,
    async close() {
      await store.close()
      await holder.stop()
      await folder.remove()
    },
  }
}

async function openServer(): Promise<OpenedStore> {
  const { CLICKHOUSE_USER: user = 'default', CLICKHOUSE_PASSWORD: password = '' } = process.env
  const store = await openStore({ kind: 'server', url: serverUrl ?? '', user, password, database })
  await fillSample(store)
  return {
    store,
    async close() {
      await store.command(`DROP DATABASE ${database}`)
      await store.close()
    },
  }
}

/** What a server does, by a process that speaks its protocol. */
async function openStandIn(): Promise<OpenedStore> {
  const folder = await makeFolder()
  await mkdir(folder.path, { recursive: true })
  const server = await startKillableStore(folder.path, join(folder.path, 'output'))
  const store = await openStore({ kind: 'server', url: server.url, user: 'default', password: '', database })
  return {
    store,
    async close() {
      await store.close()
      await server.stop()
      await folder.remove()
    },
  }
}

export const readable = [
  { kind: 'embedded', open: openEmbedded },
  { kind: 'reader', open: openReader },
  ...(serverUrl ? [{ kind: 'server', open: openServer }] : []),
]

export const writable = [
  ...readable.filter(({ kind }) => kind !== 'reader'),
  { kind: 'server, by a stand-in', open: openStandIn },
]
