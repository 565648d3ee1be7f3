import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { makeForeignTopic, writeForeign } from '../support/kafka/foreign-topic.ts'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { freePort } from '../support/process/free-port.ts'
import { startForbruk } from '../support/process/run-forbruk.ts'
import { until } from '../support/wait/until.ts'

/** One process with all that there is: what its metrics say of an intake and a collector. */
const brokers = inject('kafkaBrokers') ?? []
const LINES = 40

const lineOf = (id: number) =>
  JSON.stringify({
    msec: Date.now() / 1_000,
    client_id: `client-${id % 3}`,
    status: 200,
    request_length: 1,
    bytes_sent: 1,
  })

test.skipIf(brokers.length === 0)('how far an intake is and what a collector refused is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-metrics-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const foreign = uniqueTopic('metrics-foreign')
  await makeForeignTopic(brokers, foreign, 1, 'gzip')
  await writeForeign(
    brokers,
    foreign,
    Array.from({ length: LINES }, (_, id) => lineOf(id)),
    1,
  )
  const [console, collector] = [await freePort(), await freePort()]
  const forbruk = startForbruk(['up'], {
    KAFKA_BROKERS: brokers.join(','),
    KAFKA_TOPIC: uniqueTopic('metrics-log'),
    KAFKA_PARTITIONS: '2',
    FORBRUK_DATA_DIR: folder,
    FORBRUK_LISTEN: `127.0.0.1:${console}`,
    FORBRUK_COLLECT_LISTEN: `127.0.0.1:${collector}`,
    FORBRUK_INTAKE: `topic=${foreign} format=nginx-json source=edge`,
  })
  onTestFinished(async () => {
    await forbruk.stop()
  })
  await forbruk.saying('"msg":"counting"', 60_000)
  const send = (body: string) => fetch(`http://127.0.0.1:${collector}/v1/events`, { method: 'POST', body })
  const event = {
    request_id: 'one',
    client_id: 'acme',
    time: Date.now(),
    status: 200,
    request_bytes: 1,
    response_bytes: 1,
  }
  expect((await send(JSON.stringify(event))).status).toBe(200)
  expect((await fetch(`http://127.0.0.1:${collector}/v1/nothing`)).status).toBe(404)

  let text = ''
  const value = (sample: string) =>
    text
      .split('\n')
      .find(line => line.startsWith(`${sample} `))
      ?.split(' ')
      .at(-1)
  await until(
    async () => {
      text = await (await fetch(`http://127.0.0.1:${console}/metrics`)).text()
      return value('forbruk_intake_next_offset{source="edge",partition="0"}') === String(LINES)
    },
    () => `${text}\n${forbruk.stderr}`,
  )
  expect(value('forbruk_intake_lag_records{source="edge",partition="0"}')).toBe('0')
  expect(value('forbruk_source_events_total{source="edge"}')).toBe(String(LINES))
  expect(value('forbruk_collector_events_total{outcome="accepted"}')).toBe('1')
  expect(value('forbruk_collector_refused_requests_total{reason="not_found"}')).toBe('1')
  expect(value('forbruk_collector_in_flight_bytes')).toBe('0')
  expect(value('forbruk_partitions_standing')).toBe('0')
})
