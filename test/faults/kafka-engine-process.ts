/**
 * ClickHouse's own way to count a topic, in a process that can be killed: a table with ENGINE = Kafka and a
 * materialized view that adds what it reads to stored totals. `node kafka-engine-process.ts FOLDER BROKERS TOPIC`;
 * prints the folder of its totals when it consumes, and the sum of its totals for every line on its standard input.
 */
import { createInterface } from 'node:readline'
import { Session } from 'chdb'

const [folder = '', brokers = '', topic = ''] = process.argv.slice(2)
const session = new Session(folder)
const run = async (sql: string) => (await session.queryAsync(sql, { format: 'TSV' })).text().trim()

await run('CREATE DATABASE IF NOT EXISTS counted ENGINE = Atomic')
await run(`
  CREATE TABLE IF NOT EXISTS counted.totals (partition UInt64, records UInt64)
  ENGINE = SummingMergeTree ORDER BY partition SETTINGS fsync_after_insert = 1`)
// Each message whole: what a record means is not what is compared, but how often it is counted.
await run(`
  CREATE TABLE IF NOT EXISTS counted.queue (value String)
  ENGINE = Kafka
  SETTINGS kafka_broker_list = '${brokers}', kafka_topic_list = '${topic}', kafka_group_name = 'clickhouse-engine',
           kafka_format = 'RawBLOB', kafka_flush_interval_ms = 1000, kafka_thread_per_consumer = 0`)
await run(`
  CREATE MATERIALIZED VIEW IF NOT EXISTS counted.pump TO counted.totals AS
  SELECT _partition AS partition, count() AS records FROM counted.queue GROUP BY partition`)
const folderOfTotals = await run(
  "SELECT data_paths[1] FROM system.tables WHERE database = 'counted' AND name = 'totals'",
)
process.stdout.write(`${folderOfTotals}\n`)

for await (const _ of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await run('SELECT sum(records) FROM counted.totals')}\n`)
}
process.exit(0)
