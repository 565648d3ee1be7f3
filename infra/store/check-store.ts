import type { Store } from './store.ts'
import { safeCount } from './tables/codec.ts'
import { shapeOf } from './tables/table.ts'

/** Throws what keeps the store from answering. */
export async function checkStore(store: Store): Promise<void> {
  await store.query('SELECT 1 AS one', shapeOf({ one: safeCount }))
}
