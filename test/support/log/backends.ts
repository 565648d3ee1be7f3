import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { EventLog, OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import { type EventLogSettings, openEventLog } from '@forbruk/infra/log/open-event-log.ts'
import { afterAll, afterEach, inject } from 'vitest'
import { withAdmin } from '../kafka/topics.ts'

const folder = mkdtempSync(join(tmpdir(), 'forbruk-log-'))
const path = join(folder, 'log.sqlite')
const brokers = inject('kafkaBrokers') ?? []
const opened: EventLog[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map(log => log.close()))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Backend = {
  readonly settings: (topic: string, partitionCount: number) => EventLogSettings
  /** As retention does: offsets below `offset` are gone. */
  readonly deleteBelow: (topic: string, partition: number, offset: number) => Promise<void>
}

export const embedded: Backend = {
  settings: (topic, partitionCount) => ({
    kind: 'embedded',
    path,
    topic,
    partitionCount,
    clock: () => Date.now(),
  }),
  async deleteBelow(topic, partition, offset) {
    const database = new DatabaseSync(path, { timeout: 5_000 })
    const topicId = '(SELECT topic_id FROM topics WHERE name = ?)'
    database
      .prepare(`DELETE FROM records WHERE topic_id = ${topicId} AND partition = ? AND offset < ?`)
      .run(topic, partition, offset)
    database.close()
  },
}

export const kafka: Backend = {
  settings: (topic, partitionCount) => ({
    kind: 'kafka',
    brokers,
    topic,
    partitionCount,
    replicationFactor: 1,
    clientId: 'forbruk-test',
  }),
  async deleteBelow(topic, partition, offset) {
    await withAdmin(brokers, async admin => {
      // It asks for the topic's leaders only when it is asked for something of the topic.
      await admin.fetchTopicOffsets(topic)
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] })
    })
  },
}

export const backends = [
  { name: 'SQLite', backend: embedded, there: true },
  { name: 'Kafka', backend: kafka, there: brokers.length > 0 },
]

/** Closed after the test. */
export async function openLog(backend: Backend, topic: string, partitionCount: number): Promise<EventLog> {
  const log = await openEventLog(backend.settings(topic, partitionCount))
  opened.push(log)
  return log
}

export const numbered = (count: number, to: OutgoingRecord['to'], prefix = ''): OutgoingRecord[] =>
  Array.from({ length: count }, (_, index) => ({ to, value: Buffer.from(`${prefix}${index}`) }))

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)

export async function readValues(log: EventLog, partition: number, from: number, to: number) {
  const values: string[] = []
  const offsets: number[] = []
  let nextOffset = from
  for await (const batch of log.read(partition, from, to)) {
    values.push(...batch.records.map(record => String(record.value)))
    offsets.push(...batch.records.map(record => record.offset))
    nextOffset = batch.nextOffset
  }
  return { values, offsets, nextOffset }
}
