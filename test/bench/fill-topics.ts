import { randomUUID } from 'node:crypto'
import type { EventLog, OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import { openEventLog } from '@forbruk/infra/log/open-event-log.ts'
import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { encodeJson } from './encode-json.ts'
import { beginOfEvents, EventGenerator, type Totals } from './generate-events.ts'

export type Input = {
  readonly topic: string
  readonly events: number
  /** What is to come out where copies are counted, and where they are not. */
  readonly totalsOfAll: Totals
  readonly totalsOfAdmitted: Totals
}

type Inputs = {
  readonly json: Input
  readonly avro: Input
  /** The same requests as JSON, without request ids: nothing to recognise a copy by. */
  readonly jsonWithoutIds: Input
  /** The same as `json`, to be counted by the first fold version: that one has the log say that it ends. */
  readonly jsonOfFirstVersion: Input
  readonly jsonBytesMean: number
}

export const PARTITIONS = 4
const BATCH_EVENTS = 4_000
const SEED = 24

/** Topics of one and the same sequence of events. */
export async function fillTopics(
  brokers: readonly string[],
  prefix: string,
  events: number,
  onProgress: (done: number) => void,
): Promise<Inputs> {
  const names = ['json', 'avro', 'json-without-ids', 'json-of-first-version'].map(name => `${prefix}.${name}`)
  const logs = await Promise.all(names.map(topic => openTopic(brokers, topic)))
  const encoders = [encodeJson, encodeRequest, encodeJsonWithoutId, encodeJson]
  const generator = new EventGenerator(SEED, beginOfEvents(Date.now()))
  let jsonBytes = 0
  try {
    for (let done = 0; done < events; done += BATCH_EVENTS) {
      const batch = Array.from({ length: Math.min(BATCH_EVENTS, events - done) }, () => generator.next())
      const encoded = encoders.map(encode => batch.map(event => toRecord(event, encode)))
      for (const record of encoded[0] ?? []) jsonBytes += record.value.length
      await Promise.all(logs.map((log, index) => log.append(encoded[index] ?? [])))
      onProgress(done + batch.length)
    }
    for (const log of logs) await checkEvents(log, events)
  } finally {
    await Promise.all(logs.map(log => log.close()))
  }
  const totalsOfAll = generator.totalsOfAll()
  const inputs = logs.map((log, index) => ({
    topic: log.topic,
    events,
    totalsOfAll,
    // Without an id no copy is recognised.
    totalsOfAdmitted: encoders[index] === encodeJsonWithoutId ? totalsOfAll : generator.totalsOfAdmitted(),
  }))
  const [json, avro, jsonWithoutIds, jsonOfFirstVersion] = inputs
  if (!json || !avro || !jsonWithoutIds || !jsonOfFirstVersion)
    throw new Error('four topics were to be filled')
  return { json, avro, jsonWithoutIds, jsonOfFirstVersion, jsonBytesMean: jsonBytes / events }
}

export function openTopic(brokers: readonly string[], topic: string): Promise<EventLog> {
  const clientId = 'forbruk-bench'
  return openEventLog({
    kind: 'kafka',
    brokers,
    topic,
    partitionCount: PARTITIONS,
    replicationFactor: 1,
    clientId,
  })
}

export function toRecord(event: RequestEvent, encode: (event: RequestEvent) => Buffer): OutgoingRecord {
  return { to: { key: event.clientId }, value: encode(event) }
}

function encodeJsonWithoutId(event: RequestEvent): Buffer {
  return encodeJson({ ...event, identity: { kind: 'none' } })
}

/**
 * Reads the topic once, so that whoever is measured next finds it in memory, where a consumer that keeps up does: not
 * the disk is to be measured, and how much of a topic has left memory depends on who was measured before.
 */
export async function readThrough(brokers: readonly string[], { topic, events }: Input): Promise<void> {
  const log = await openTopic(brokers, topic)
  const done = Promise.withResolvers<void>()
  let found = 0
  const subscription = await log.consume(`${topic}.through.${randomUUID()}`, {
    assign: async () => 0,
    async receive(batch) {
      found += batch.records.length
      if (found >= events) done.resolve()
    },
    revoke() {},
  })
  subscription.hold(new Set(Array(log.partitionCount).keys()))
  await Promise.race([done.promise, subscription.finished])
  await log.close()
}

/** An append whose acknowledgement was lost is repeated; then the totals would not be the generator's. */
async function checkEvents(log: EventLog, events: number): Promise<void> {
  let found = 0
  for (let partition = 0; partition < log.partitionCount; partition++) {
    const { startOffset, endOffset } = await log.bounds(partition)
    found += endOffset - startOffset
  }
  if (found === events) return
  throw new Error(`"${log.topic}" holds ${found} records instead of ${events}: run the benchmark again.`)
}
