import { omit, select } from '@forbruk/infra/store/tables/table.ts'
import { usageAlert } from '@forbruk/infra/store/tables/usage-alert.ts'
import { type AlertSubject, alertIdOf, type UsageAlert } from '@forbruk/schemas/alert/usage-alert.ts'
import type { z } from 'zod'

/** A row of usage_alert. */
export type StoredAlert = UsageAlert & {
  /** The alert can't stand before this offset of its partition of the alerts topic. */
  readonly logStart: number
}

/** Its id is worked out, as whoever raised it did. */
const stored = select(omit(usageAlert, 'alertId'))
export const STORED_ALERT_COLUMNS = stored.list
export const storedAlertShape: z.ZodType<StoredAlert> = stored.shape.transform(withId)

export function withId<Alert extends AlertSubject>(alert: Alert) {
  return { ...alert, alertId: alertIdOf(alert) }
}
