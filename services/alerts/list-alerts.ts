import type { Store } from '@forbruk/infra/store/store.ts'
import { omit, type RowOf, select } from '@forbruk/infra/store/tables/table.ts'
import { usageAlerts } from '@forbruk/infra/store/tables/usage-alert.ts'

/** Of the view, what a list shows. */
export const listedAlerts = omit(usageAlerts, 'stream', 'periodStart', 'periodEnd')
export type ListedAlert = RowOf<typeof listedAlerts>
const { list, shape } = select(listedAlerts)

const SQL = `
SELECT ${list}
FROM usage_alerts
WHERE stream = {stream:String}
    AND ({month:String} = '' OR month = {month:String})
    AND ({client:String} = '' OR client_id = {client:String})
ORDER BY raised_at DESC, client_id, metric, kind, level
LIMIT {limit:UInt32}`

/** Null: of every month, of every client. */
type AlertFilter = {
  readonly month: string | null
  readonly client: string | null
  readonly limit: number
}

/** Alerts, newest first, and how far each has come. */
export function listAlerts(
  store: Store,
  stream: string,
  { month, client, limit }: AlertFilter,
): Promise<ListedAlert[]> {
  return store.query(SQL, shape, { stream, month: month ?? '', client: client ?? '', limit })
}
