import { randomUUID } from 'node:crypto'
import { putIfAbsent } from './put-if-absent.ts'
import type { Store } from './store.ts'
import { installation } from './tables/installation.ts'
import { select } from './tables/table.ts'

/**
 * What tells this store from every other one on the same brokers, for names that must not be shared: made once, and the
 * same for every process that uses the store.
 */
export async function readInstallation(store: Store): Promise<string> {
  const { list, shape } = select(installation)
  const read = async () => (await store.query(`SELECT ${list} FROM installation`, shape))[0] ?? null
  const values = [{ id: randomUUID() }]
  const { id } = await putIfAbsent({ store, table: installation, values, key: 'installation', read })
  return id
}
