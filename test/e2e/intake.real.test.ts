import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { makeForeignTopic, writeForeign } from '../support/kafka/foreign-topic.ts'
import { uniqueTopic, withAdmin } from '../support/kafka/topics.ts'
import { kafka, range } from '../support/log/backends.ts'
import { forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/** A shipper's own topic on a real Kafka, through real processes to what is counted. */
const brokers = inject('kafkaBrokers') ?? []
const PARTITIONS = 3
const TIME_MS = Date.now() - 600_000

/** Each line is known by its bytes. */
function lineOf(number: number): string {
  const client = `client-${number % 17}`
  return JSON.stringify({
    msec: (TIME_MS + number) / 1_000,
    client_id: client,
    status: 200,
    request_length: number,
    bytes_sent: 1,
  })
}

function install(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-intake-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const topic = uniqueTopic('intake-log')
  return {
    KAFKA_BROKERS: brokers.join(','),
    KAFKA_TOPIC: topic,
    KAFKA_PARTITIONS: '3',
    FORBRUK_DATA_DIR: folder,
  }
}

const usageShape = z.array(z.tuple([z.number(), z.number()]))

async function readUsage(settings: Record<string, string>) {
  await forbruk(['aggregate', '--until-caught-up'], settings)
  const sql = 'SELECT toUInt32(sum(requests)), toUInt32(sum(request_bytes)) FROM usage_monthly'
  const printed = await forbruk(['sql', sql, '--format', 'JSONCompactEachRow'], settings)
  return usageShape.parse(
    printed
      .trim()
      .split('\n')
      .map(row => JSON.parse(row)),
  )[0]
}

const statusShape = z.object({
  sources: z.array(
    z.object({
      ...{ source: z.string(), events: z.string(), missing: z.string(), through: z.string().nullable() },
      obstacles: z.object({ listed: z.array(z.object({ reason: z.string(), path: z.string() })) }),
    }),
  ),
})

async function readSources(settings: Record<string, string>) {
  return statusShape.parse(JSON.parse(await forbruk(['status', '--json'], settings))).sources
}

const sumTo = (count: number) => (count * (count - 1)) / 2

describe.skipIf(brokers.length === 0)('intake', () => {
  test('every codec, several lines in a record, transactions that end either way: each line once', async () => {
    const settings = install()
    const lines = range(0, 900).map(lineOf)
    const packed = range(0, 30).map(pack => lines.slice(600 + 10 * pack, 610 + 10 * pack).join('\n'))
    const values = [...lines.slice(0, 600), ...packed]
    const codecs = ['gzip', 'lz4', 'snappy', 'zstd']
    for (const codec of codecs) {
      const topic = uniqueTopic(`foreign-${codec}`)
      await makeForeignTopic(brokers, topic, PARTITIONS, codec)
      await writeForeign(brokers, topic, values.slice(0, 300), PARTITIONS)
      await writeForeign(brokers, topic, values, PARTITIONS, 'abort')
      await writeForeign(brokers, topic, values.slice(300), PARTITIONS, 'commit')
      await forbruk(
        ['intake', '--topic', topic, '--format', 'nginx-json', '--source', codec, '--until-caught-up'],
        settings,
      )
    }
    expect(await readUsage(settings)).toEqual([codecs.length * 900, codecs.length * sumTo(900)])
    const sources = await readSources(settings)
    expect(sources.map(({ source, events, missing }) => [source, events, missing])).toEqual(
      codecs.map(codec => [codec, '900', '0']),
    )
  }, 400_000)

  test('a topic under another source is refused, and nothing of it counts twice', async () => {
    const settings = install()
    const topic = uniqueTopic('foreign-twice')
    await makeForeignTopic(brokers, topic, 1)
    await writeForeign(brokers, topic, range(0, 10).map(lineOf), 1)
    const argsOf = (source: string) =>
      ['intake', '--topic', topic, '--format', 'nginx-json', '--source', source].concat('--until-caught-up')
    await forbruk(argsOf('edge'), settings)
    const { code, stderr } = await runForbruk(argsOf('edge-1'), settings)
    expect([code, stderr]).toEqual([3, expect.stringContaining('is taken in as the source "edge"')])
    await forbruk(argsOf('edge'), settings)
    expect(await readUsage(settings)).toEqual([10, sumTo(10)])
    expect(await readSources(settings)).toMatchObject([{ source: 'edge', events: '10' }])
  }, 200_000)

  test('what the topic lost before it was read is missing, and is told', async () => {
    const settings = install()
    const topic = uniqueTopic('foreign-lost')
    await makeForeignTopic(brokers, topic, 1)
    const args = [
      'intake',
      '--topic',
      topic,
      '--format',
      'nginx-json',
      '--source',
      'edge',
      '--until-caught-up',
    ]
    await writeForeign(brokers, topic, range(0, 10).map(lineOf), 1)
    await forbruk(args, settings)
    await writeForeign(brokers, topic, range(10, 20).map(lineOf), 1)
    await kafka.deleteBelow(topic, 0, 14)
    const { code, stderr } = await runForbruk(args, settings)
    expect([code, stderr]).toEqual([0, expect.stringContaining('lost the offsets from 10 to before 14')])
    expect(await readUsage(settings)).toEqual([16, sumTo(20) - 10 - 11 - 12 - 13])
    expect(await readSources(settings)).toMatchObject([{ events: '16', missing: '4' }])
    await forbruk(['source', 'accept-loss', 'edge', `${topic}/0:10-14`, '--reason', 'a test'], settings)
    await forbruk(['aggregate', '--until-caught-up'], settings)
    expect(await readSources(settings)).toMatchObject([{ events: '16', missing: '0' }])
  }, 300_000)

  test('most of it would be rejected: exit code 3, and nothing of it is appended', async () => {
    const settings = install()
    const topic = uniqueTopic('foreign-wrong')
    await makeForeignTopic(brokers, topic, 1)
    const args = ['intake', '--topic', topic, '--format', 'nginx-json', '--until-caught-up']
    await writeForeign(brokers, topic, range(0, 5).map(lineOf), 1)
    await forbruk(args, settings)
    const lines = range(0, 40).map(number => `192.0.2.1 - acme-${number} [x] "GET / HTTP/1.1" 200 5`)
    await writeForeign(brokers, topic, lines, 1)
    const { code, stderr } = await runForbruk(args, settings)
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('40 of 40 lines would be rejected, expected at most 25 %'),
    ])
    await forbruk(['aggregate', '--until-caught-up'], settings)
    const halt = { reason: 'mostly_rejected', path: topic }
    expect(await readSources(settings)).toMatchObject([{ source: topic, obstacles: { listed: [halt] } }])
    await forbruk([...args, '--rejected-max', '100'], settings)
    await forbruk(['aggregate', '--until-caught-up'], settings)
    expect(await readSources(settings)).toMatchObject([{ source: topic, obstacles: { listed: [] } }])
    const rejected = await forbruk(['rejected', 'list', '--json'], settings)
    expect(rejected).toContain(`it was read at ${topic}/0, offset 44, line 1`)
  })

  test('a topic that was deleted is told; one that never was there is not, and no Kafka is wrong usage', async () => {
    const settings = install()
    const [topic, mistyped] = [uniqueTopic('foreign-gone'), uniqueTopic('foreign-none')]
    const argsOf = (name: string) => [
      'intake',
      '--topic',
      name,
      '--format',
      'nginx-json',
      '--until-caught-up',
    ]
    await makeForeignTopic(brokers, topic, 1)
    await writeForeign(brokers, topic, range(0, 5).map(lineOf), 1)
    await forbruk(argsOf(topic), settings)
    await withAdmin(brokers, admin => admin.deleteTopics({ topics: [topic] }))
    for (const name of [topic, mistyped]) {
      const { code, stderr } = await runForbruk(argsOf(name), settings)
      expect([code, stderr]).toEqual([1, expect.stringContaining('Kafka has no topic')])
    }
    await forbruk(['aggregate', '--until-caught-up'], settings)
    const halt = { reason: 'topic_unusable', path: topic }
    const sources = await readSources(settings)
    expect(sources).toMatchObject([{ source: topic, events: '5', obstacles: { listed: [halt] } }])
    const { KAFKA_BROKERS: _, ...embedded } = settings
    expect((await runForbruk(argsOf(topic), embedded)).code).toBe(2)
  }, 300_000)
})
