import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { partitionOf } from '@forbruk/infra/log/place-records.ts'
import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { usageAlert } from '@forbruk/infra/store/tables/usage-alert.ts'
import type { AlertId, UsageAlert } from '@forbruk/schemas/alert/usage-alert.ts'
import { STORED_ALERT_COLUMNS, type StoredAlert, storedAlertShape } from './stored-alert.ts'

export type AlertsTopic = Pick<EventLog, 'topic' | 'partitionCount' | 'bounds' | 'read'>

/**
 * Records each alert unless it is recorded already, and answers them as they are recorded: whoever comes first decides
 * what an alert says. Where its partition ends is read before, so that it is known from where on it can stand in the
 * topic.
 */
export async function raiseAlerts(
  store: Store,
  topic: AlertsTopic,
  alerts: readonly UsageAlert[],
): Promise<StoredAlert[]> {
  const ends = new Map<number, number>()
  const raised: StoredAlert[] = []
  for (const alert of alerts) {
    const partition = partitionOf({ to: { key: alert.clientId } }, topic.partitionCount)
    const logStart = ends.get(partition) ?? (await endOf(topic, partition))
    ends.set(partition, logStart)
    raised.push(
      await putIfAbsent({
        store,
        table: usageAlert,
        values: [{ ...alert, logStart }],
        key: alert.alertId,
        read: async () => (await store.query(ALERT_SQL, storedAlertShape, subjectParams(alert)))[0] ?? null,
      }),
    )
  }
  return raised
}

/** A log that is away makes no alert wait: then the whole topic is searched for it. */
async function endOf(topic: AlertsTopic, partition: number): Promise<number> {
  return topic.bounds(partition).then(
    bounds => bounds.endOffset,
    () => 0,
  )
}

/** The ids of what was raised for these clients in a month. */
export async function readRaised(
  store: Store,
  stream: string,
  month: string,
  clientIds: readonly string[],
): Promise<ReadonlySet<AlertId>> {
  const rows = await store.query(RAISED_SQL, storedAlertShape, { stream, month, clients: clientIds })
  return new Set(rows.map(row => row.alertId))
}

function subjectParams({ alertId, month, clientId }: UsageAlert) {
  return { alert_id: alertId, month, client: clientId }
}

/** Of the table's order come month and client first. */
const ALERT_SQL = `
SELECT ${STORED_ALERT_COLUMNS}
FROM usage_alert
WHERE month = {month:String} AND client_id = {client:String} AND alert_id = {alert_id:String}`

const RAISED_SQL = `
SELECT ${STORED_ALERT_COLUMNS}
FROM usage_alert
WHERE month = {month:String} AND client_id IN {clients:Array(String)} AND stream = {stream:String}`
