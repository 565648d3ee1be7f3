import { partitionOf } from '@forbruk/infra/log/place-records.ts'
import type { Claim, PlaceInLog, SoleWriter } from '@forbruk/infra/log/sole-writer.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { usageAlertPublished } from '@forbruk/infra/store/tables/usage-alert-published.ts'
import type { AlertId } from '@forbruk/schemas/alert/usage-alert.ts'
import { decodeUsageAlert, encodeUsageAlert } from '@forbruk/schemas/wire/usage-alert-codec.ts'
import type { AlertsTopic } from '../record/raise-alerts.ts'
import { STORED_ALERT_COLUMNS, type StoredAlert, storedAlertShape } from '../record/stored-alert.ts'

type PublishParts = {
  readonly store: Store
  /** The topic that is counted. */
  readonly stream: string
  readonly alertsTopic: AlertsTopic
  readonly writer: SoleWriter
  readonly clock: () => number
}

const ALERTS_PER_APPEND = 200

/**
 * Brings recorded alerts to the topic, each once. Append, then record where it stands; a crash in between is mended by
 * claiming the topic, after which nobody else appends, and looking there for what has no record. The claim is kept
 * until something fails: while it is held nobody else can have appended, and what was appended under it is recorded.
 */
export function createPublisher(parts: PublishParts) {
  let claim: Claim | null = null

  async function publishSome(): Promise<number> {
    const pending = await readPending(parts)
    if (pending.length === 0) return 0
    const held = claim ?? (await parts.writer.claim())
    const found = claim === null ? await findInTopic(parts.alertsTopic, pending) : new Map()
    // Until all is recorded the claim is no proof that the topic doesn't hold more.
    claim = null
    await recordPublished(parts, found)
    const missing = pending.filter(alert => !found.has(alert.alertId))
    if (missing.length > 0) await recordPublished(parts, await appendAll(held, missing))
    claim = held
    return pending.length
  }

  return {
    /** Answers how many alerts are on the topic that weren't known to be. */
    async publishPending(): Promise<number> {
      let published = 0
      for (;;) {
        const some = await publishSome()
        published += some
        if (some < ALERTS_PER_APPEND) return published
      }
    },
  }
}

type Places = ReadonlyMap<AlertId, PlaceInLog>

async function appendAll(claim: Claim, alerts: readonly StoredAlert[]): Promise<Places> {
  const places = await claim.append(
    alerts.map(alert => ({ to: { key: alert.clientId }, value: encodeUsageAlert(alert) })),
  )
  return new Map(
    alerts.flatMap((alert, index) => {
      const place = places[index]
      return place === undefined ? [] : [[alert.alertId, place] as const]
    }),
  )
}

/** Those of the alerts that the topic holds, each from where it can stand at the earliest. */
async function findInTopic(topic: AlertsTopic, alerts: readonly StoredAlert[]): Promise<Places> {
  const wanted = new Set(alerts.map(alert => alert.alertId))
  const byPartition = Map.groupBy(alerts, ({ clientId }) =>
    partitionOf({ to: { key: clientId } }, topic.partitionCount),
  )
  const found = new Map<AlertId, PlaceInLog>()
  for (const [partition, ofPartition] of byPartition) {
    const { startOffset, endOffset } = await topic.bounds(partition)
    const earliest = Math.min(...ofPartition.map(alert => alert.logStart))
    // One that ends before was made anew.
    const from = earliest > endOffset ? startOffset : Math.max(startOffset, earliest)
    if (from === endOffset) continue
    for await (const { records } of topic.read(partition, from, endOffset)) {
      for (const { offset, value } of records) {
        const alert = decodeUsageAlert(value)
        if (alert !== null && wanted.has(alert.alertId)) found.set(alert.alertId, { partition, offset })
      }
    }
  }
  return found
}

async function recordPublished({ store, alertsTopic, clock }: PublishParts, places: Places): Promise<void> {
  const { topic } = alertsTopic
  const publishedAtMs = clock()
  const values = [...places].map(([alertId, place]) => ({ alertId, topic, ...place, publishedAtMs }))
  await insertValues(store, usageAlertPublished, values)
}

async function readPending({ store, stream, alertsTopic, clock }: PublishParts): Promise<StoredAlert[]> {
  const since = new Date(clock() - PUBLISH_WITHIN_MS).toISOString().slice(0, 'YYYY-MM'.length)
  return store.query(PENDING_SQL, storedAlertShape, {
    stream,
    since,
    topic: alertsTopic.topic,
    limit: ALERTS_PER_APPEND,
  })
}

/** What the topic didn't take for so long is news to nobody. */
const PUBLISH_WITHIN_MS = 40 * 24 * 3_600_000

const PENDING_SQL = `
SELECT ${STORED_ALERT_COLUMNS}
FROM usage_alert
WHERE month >= {since:String} AND stream = {stream:String}
    AND alert_id NOT IN (SELECT alert_id FROM usage_alert_published WHERE topic = {topic:String})
ORDER BY raised_at, alert_id
LIMIT {limit:UInt32}`
