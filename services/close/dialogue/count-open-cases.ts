import type { Store } from '@forbruk/infra/store/store.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'

export async function countOpenCases(store: Store): Promise<number> {
  const [row] = await store.query(
    `SELECT count() AS cases FROM dialogue_cases WHERE state = 'open'`,
    shapeOf({ cases: safeCount }),
  )
  return row?.cases ?? 0
}
