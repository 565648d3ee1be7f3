import type { Store } from '@forbruk/infra/store/store.ts'
import { monthCloses } from '@forbruk/infra/store/tables/month-close.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import type { PlacedVersion } from './registry-versions.ts'

/** The closed months that a version holds for by now, though their newest revision was rated with another. */
export async function listMonthsBehind(
  store: Store,
  { importId, holds }: PlacedVersion,
): Promise<readonly string[]> {
  if (holds === null) return []
  const rows = await store.query(
    `SELECT month FROM month_closes
     WHERE is_latest AND registry_import_id != {import_id:String}
       AND month >= {from:String} AND month < {until:String}
     ORDER BY month`,
    select(monthCloses, 'month').shape,
    // Every month is less than the letter.
    { import_id: importId, from: holds.from ?? '', until: holds.until ?? 'Z' },
  )
  return rows.map(({ month }) => month)
}
