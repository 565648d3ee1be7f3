import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { choosePartition } from '@forbruk/infra/log/choose-partition.ts'
import type { RecordRejectReason } from '@forbruk/schemas/event/log-event.ts'
import { requestEventV1 } from '@forbruk/schemas/wire/avro-types.ts'
import { encodeStreamLimits } from '@forbruk/schemas/wire/encode.ts'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { signAsStranger } from '../support/aggregator/stream-key.ts'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { kafka, openLog, range } from '../support/log/backends.ts'
import { forbruk, runForbruk } from '../support/process/run-forbruk.ts'
import {
  type Batch,
  CODECS,
  type Codec,
  findProducers,
  sendFromJvm,
  sendValuesFromKcat,
} from '../support/producers/producers.ts'

/** Events by Kafka clients that are not ours, as docs/events.md has them. */
const brokers = inject('kafkaBrokers') ?? []
const producers = brokers.length === 0 ? [] : await findProducers()
const canRun = (name: string) => producers.some(each => each.name === name && each.obstacle === null)
const PARTITIONS = 4
const TIME_MS = Date.now()
const avroSchema = (file: string) => join(import.meta.dirname, '../../schemas/wire', file)

type Identity = { request_id: string } | Record<string, never>

function requestOf(client: string, index: number, identity: Identity) {
  const sizes = { request_bytes: index + 1, response_bytes: 1_000 + index }
  return { client_id: client, ...identity, time: TIME_MS, status: 200, ...sizes }
}

/** The first half one by one, the others five to a record. */
function valuesOf(client: string, prefix: string): string[] {
  const requests = range(0, 200).map(index => requestOf(client, index, { request_id: `${prefix}-${index}` }))
  const packed = range(0, 20).map(pack => requests.slice(100 + 5 * pack, 105 + 5 * pack))
  return [...requests.slice(0, 100), ...packed].map(value => JSON.stringify(value))
}

/** 200 requests with a key and 200 without, each also under another key, and 10 without identity twice. */
function batchOf(client: string, codec: Codec): Batch {
  const [keyed, unkeyed] = [valuesOf(client, `${client}-keyed`), valuesOf(client, `${client}-unkeyed`)]
  const nameless = range(0, 10).map(index => JSON.stringify(requestOf(client, index, {})))
  const under = (key: string | null, values: readonly string[]) => values.map(value => ({ key, value }))
  return {
    codec,
    records: [
      ...under(client, keyed),
      ...under(null, unkeyed),
      ...under(null, keyed),
      ...under('somebody-else', unkeyed),
      ...under(client, nameless),
      ...under(client, nameless),
    ],
  }
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
const once = range(0, 200)
const twice = range(0, 10)
/** Requests, request bytes, response bytes. */
const COUNTED = [
  2 * once.length + 2 * twice.length,
  2 * (sumOf(once) + 200) + 2 * (sumOf(twice) + 10),
  2 * (sumOf(once) + 200_000) + 2 * (sumOf(twice) + 10_000),
]

const FIGURES = `
  SELECT concat('client ', client_id) AS name,
         [toInt32(sum(requests)), toInt32(sum(request_bytes)), toInt32(sum(response_bytes))] AS found
  FROM usage_monthly GROUP BY client_id
  UNION ALL SELECT concat('rejected ', reason), [toInt32(count())] FROM rejected_events GROUP BY reason
  UNION ALL SELECT concat('source ', source), [toInt32(events), toInt32(duplicates), toInt32(missing),
                   toInt32(toUnixTimestamp64Milli(through) = ${TIME_MS})]
  FROM source_progress WHERE source != ''`

const whole = requestOf('rejected', 0, {})
const json = (value: unknown) => Buffer.from(JSON.stringify(value))
const DAY_MS = 86_400_000
/** A record for each reason. */
const REJECTED: Record<RecordRejectReason, Buffer | null> = {
  record_empty: null,
  record_too_large: json(new Array(10_001).fill({})),
  schema_unknown: Buffer.from('000000002a0261', 'hex'),
  avro_malformed: Buffer.concat([requestEventV1.header, Buffer.from('cut off')]),
  json_malformed: Buffer.from('client_id=a&status=200'),
  event_malformed: json({ ...whole, status: '200' }),
  source_invalid: json({ ...whole, source: 'a\u0000' }),
  identity_invalid: json({ ...whole, request_id: '' }),
  client_missing: json({ ...whole, client_id: '' }),
  client_invalid: json({ ...whole, client_id: 'a\nb' }),
  integration_invalid: json({ ...whole, integration_id: 'x'.repeat(257) }),
  time_invalid: json({ ...whole, time: Math.floor(TIME_MS / 1_000) }),
  time_too_old: json({ ...whole, time: TIME_MS - 401 * DAY_MS }),
  time_ahead: json({ ...whole, time: TIME_MS + 2 * DAY_MS }),
  status_invalid: json({ ...whole, status: 600 }),
  bytes_invalid: json({ ...whole, request_bytes: -1 }),
  control_unsigned: encodeStreamLimits({ pastMaxMs: 1, aheadMaxMs: 1 }),
  signature_invalid: signAsStranger(
    { stream: 'a', partition: 0 },
    1,
    encodeStreamLimits({ pastMaxMs: 1, aheadMaxMs: 1 }),
  ),
}

/** Sixty of a source, in Avro. */
function ofSource(source: string, identityOf: (index: number) => object) {
  return range(0, 60).map(index => {
    const client = `${source}-${index % 7}`
    const event = { ...requestOf(client, index, {}), source, integration_id: 'shop' }
    return { key: client, value: JSON.stringify({ ...event, identity: identityOf(index) }) }
  })
}
const NUMBERED = ofSource('numbered', position => {
  return { 'no.forbruk.LinePosition': { file: 'run-1', position } }
})
const BY_ID = ofSource('by-id', index => ({ 'no.forbruk.RequestId': { id: `by-id-${index}` } }))

/** To every partition; of each, how many events were sent there. */
function marksOf(source: string, totalOf: (partition: number) => number) {
  return range(0, PARTITIONS).map(partition => {
    const mark = { source, file: 'run-1', position: 60, through: TIME_MS, format: 'of-our-own' }
    return { partition, key: null, value: JSON.stringify({ ...mark, events_total: totalOf(partition) }) }
  })
}

const numberedIn = (partition: number) =>
  NUMBERED.filter(({ key }) => choosePartition(key, PARTITIONS) === partition).length

describe.skipIf(brokers.length === 0)('events by producers of one’s own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-producers-'))
  const topic = uniqueTopic('producers')
  const target = { brokers, topic }
  const settings = { FORBRUK_DATA_DIR: folder, KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC: topic }
  /** By what they are of and whose. */
  const figures = new Map<string, number[]>()

  async function sendFromJvmAlone(): Promise<void> {
    const ofRequest = { avroSchema: avroSchema('request-event.v1.avsc') }
    const marks = [
      ...marksOf('numbered', numberedIn),
      ...marksOf('by-id', () => 0),
      ...marksOf('lossy', partition => (partition === 0 ? 1 : 0)),
    ]
    await sendFromJvm(target, [
      { ...batchOf('transaction-abort', 'lz4'), transaction: 'abort' },
      { ...batchOf('transaction-commit', 'lz4'), transaction: 'commit' },
      { ...ofRequest, codec: 'zstd', records: [...NUMBERED, ...BY_ID] },
      { ...ofRequest, codec: 'gzip', records: [...NUMBERED, ...BY_ID] },
      { codec: 'none', records: marks, avroSchema: avroSchema('source-mark.v1.avsc') },
    ])
  }

  beforeAll(async () => {
    await openLog(kafka, topic, PARTITIONS)
    for (const { name, obstacle, send } of producers) {
      if (obstacle !== null) continue
      const batches = CODECS.map(codec => batchOf(`${name}-${codec}`, codec))
      await send(target, batches)
    }
    if (canRun('jvm')) await sendFromJvmAlone()
    if (canRun('kcat')) await sendValuesFromKcat(target, Object.values(REJECTED))
    await forbruk(['aggregate', '--until-caught-up'], settings)
    const rows = await forbruk(['sql', FIGURES, '--format', 'JSONEachRow'], settings)
    for (const row of rows.trim().split('\n')) {
      const { name, found } = z.object({ name: z.string(), found: z.array(z.int()) }).parse(JSON.parse(row))
      figures.set(name, found)
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  for (const { name, obstacle } of producers) {
    const title = obstacle === null ? name : `${name}, NOT RUN (${obstacle})`
    test.skipIf(obstacle !== null).each(CODECS)(`${title}: every request counts once, in %s`, codec => {
      expect(figures.get(`client ${name}-${codec}`)).toEqual(COUNTED)
    })
  }

  test.skipIf(!canRun('jvm'))('what a transaction took back is not counted', () => {
    expect(figures.get('client transaction-commit')).toEqual(COUNTED)
    expect(figures.get('client transaction-abort')).toBeUndefined()
  })

  test.skipIf(!canRun('jvm'))('Avro that came again is known, and marks say what is missing', () => {
    const counted = (source: string) =>
      sumOf(range(0, 7).map(client => figures.get(`client ${source}-${client}`)?.[0] ?? 0))
    expect([counted('numbered'), counted('by-id')]).toEqual([60, 60])
    // Events, duplicates, missing, and whether they are complete through the marks' time.
    expect(figures.get('source numbered')).toEqual([60, 60, 0, 1])
    expect(figures.get('source by-id')).toEqual([60, 60, 0, 1])
    expect(figures.get('source lossy')).toEqual([0, 0, 1, 1])
  })

  test.skipIf(!canRun('kcat'))('each reason to reject a record is given for one', () => {
    const reasons = [...figures].filter(([name]) => name.startsWith('rejected '))
    const expected = Object.keys(REJECTED).map(reason => [`rejected ${reason}`, [1]])
    expect(Object.fromEntries(reasons)).toEqual(Object.fromEntries(expected))
  })

  test('all of it is proved: nothing but what the marks miss, and a replay gives the same', async () => {
    const { stdout } = await runForbruk(['audit', '--replay', '--json'], settings)
    const missing = canRun('jvm') ? [{ check: 'sources_complete', place: 'source lossy' }] : []
    expect(JSON.parse(stdout)).toMatchObject({ findings: missing })
  })
})
