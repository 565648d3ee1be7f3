import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { OpenedStore } from './open-stores.ts'

/** An embedded store with every table, in a folder of its own. */
export async function openMigrated(): Promise<OpenedStore> {
  const folder = await mkdtemp(join(tmpdir(), 'forbruk-store-'))
  const store = await openStore({ kind: 'embedded', path: folder, database: 'forbruk' })
  await migrate(store, MIGRATIONS, () => 0)
  return {
    store,
    async close() {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
