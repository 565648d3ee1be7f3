import type { Store } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'

const alertShape = z.object({
  alert_id: z.string(),
  client_id: z.string(),
  month: z.string(),
  metric: z.string(),
  kind: z.string(),
  level: z.number(),
  used: z.string(),
  allowance: z.string(),
  forecast: z.string().nullable(),
  raised_at: z.string(),
  published_at: z.string().nullable(),
  topic: z.string(),
  partition: z.number().nullable(),
  offset: z.string().nullable(),
  webhooks: z.array(
    z.object({ webhook: z.string(), state: z.string(), attempts: z.number(), detail: z.string() }),
  ),
})

export type ListedAlert = z.output<typeof alertShape>

const SQL = `
SELECT
    alert_id, client_id, month, metric, kind, level, used, allowance, forecast, raised_at, published_at, topic,
    partition, offset, webhooks
FROM usage_alerts
WHERE stream = {stream:String}
    AND ({month:String} = '' OR month = {month:String})
    AND ({client:String} = '' OR client_id = {client:String})
ORDER BY raised_at DESC, client_id, metric, kind, level
LIMIT {limit:UInt32}`

/** Null: of every month, of every client. */
export type AlertFilter = {
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
  return store.query(SQL, alertShape, { stream, month: month ?? '', client: client ?? '', limit })
}
