import type { Store } from '@forbruk/infra/store/store.ts'

/** As if everything in the store had been written before rows were sealed. */
export async function forgetSeals(store: Store): Promise<void> {
  await store.command('TRUNCATE TABLE seal')
  await store.command(
    `ALTER TABLE schema_migration UPDATE applied_at = '2100-01-01 00:00:00' WHERE number = 153
     SETTINGS mutations_sync = 2`,
  )
}
