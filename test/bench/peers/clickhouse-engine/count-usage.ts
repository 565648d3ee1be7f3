/**
 * Sums of a topic's JSON events per client, integration, hour and status class: ClickHouse's Kafka engine and a
 * materialized view to a SummingMergeTree, embedded in this process.
 * Arguments: brokers, topic, number of events, consumers, folder. Prints the time it took and the totals.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { z } from 'zod'

const POLL_INTERVAL_MS = 50

const [brokers = '', topic = '', eventsTotal = '', consumers = '', folder = ''] = process.argv.slice(2)
const store = await openStore({ kind: 'embedded', path: folder, database: 'bench' })

await store.command(`
  CREATE TABLE usage (
    client_id String, hour DateTime('UTC'), integration_id String, status_class UInt8,
    requests UInt64, request_bytes UInt64, response_bytes UInt64
  )
  ENGINE = SummingMergeTree
  PARTITION BY toYYYYMM(hour)
  ORDER BY (client_id, hour, integration_id, status_class)`)

// A flush a second instead of every 7.5 s, so that the last rows are not waited for. Each consumer in its own thread.
await store.command(`
  CREATE TABLE events (
    client_id String, integration_id String, time UInt64, status UInt16, request_bytes UInt64, response_bytes UInt64
  )
  ENGINE = Kafka
  SETTINGS kafka_broker_list = '${brokers}', kafka_topic_list = '${topic}',
    kafka_group_name = '${topic}.${consumers}.${process.pid}',
    kafka_format = 'JSONEachRow', kafka_num_consumers = ${consumers}, kafka_thread_per_consumer = 1,
    kafka_flush_interval_ms = 1000, input_format_skip_unknown_fields = 1`)

await store.command(`
  CREATE MATERIALIZED VIEW count_events TO usage AS
  SELECT client_id, toStartOfHour(fromUnixTimestamp64Milli(toInt64(time), 'UTC')) AS hour, integration_id,
         toUInt8(intDiv(status, 100)) AS status_class, count() AS requests,
         sum(events.request_bytes) AS request_bytes, sum(events.response_bytes) AS response_bytes
  FROM events GROUP BY client_id, hour, integration_id, status_class`)

const countShape = z.object({ count: safeCount.read })

async function until(query: string, least: number): Promise<number> {
  for (;;) {
    const [row] = await store.query(query, countShape)
    if ((row?.count ?? 0) >= least) return performance.now()
    await sleep(POLL_INTERVAL_MS)
  }
}

// Never endless: whoever starts this ends it.
const assignedMs = await until(
  'SELECT count() AS count FROM system.kafka_consumers WHERE notEmpty(assignments.partition_id)',
  1,
)
const countedMs = await until('SELECT sum(requests) AS count FROM usage', Number(eventsTotal))

const totalsShape = z.object({
  requests: safeCount.read,
  requestBytes: safeCount.read,
  responseBytes: safeCount.read,
  cells: safeCount.read,
})
const [totals] = await store.query(
  `SELECT sum(requests) AS requests, sum(request_bytes) AS requestBytes, sum(response_bytes) AS responseBytes,
          uniqExact(client_id, hour, integration_id, status_class) AS cells FROM usage`,
  totalsShape,
)
process.stdout.write(`${JSON.stringify({ countingMs: countedMs - assignedMs, ...totals })}\n`)
await store.command('DROP TABLE count_events')
await store.command('DROP TABLE events')
await store.close()
