import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { promisify } from 'node:util'
import { EventLogError, type RecordBatch } from '@forbruk/infra/log/event-log.ts'
import { createKafkaClient } from '@forbruk/infra/log/kafka/client.ts'
import { inspectKafka } from '@forbruk/infra/log/kafka/inspect.ts'
import { openKafkaLog } from '@forbruk/infra/log/kafka/kafka-log.ts'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { uniqueTopic, withAdmin } from '../support/kafka/topics.ts'
import { embedded, kafka, numbered, openLog, range, readValues } from '../support/log/backends.ts'
import { consumeAll, Recorder } from '../support/log/recorder.ts'
import { rejection } from '../support/wait/rejection.ts'
import { until } from '../support/wait/until.ts'

const run = promisify(execFile)
const brokers = inject('kafkaBrokers') ?? []
const settings = { partitionCount: 1, replicationFactor: 1, clientId: 'forbruk-test' }

describe('brokers that are not there', () => {
  test('a closed port is an error that names it, and nothing else is printed', async () => {
    const script = `
      import { openKafkaLog } from '@forbruk/infra/log/kafka/kafka-log.ts'
      const settings = { ...${JSON.stringify(settings)}, topic: 'requests', brokers: ['127.0.0.1:1', 'localhost:1'] }
      await openKafkaLog(settings).catch(error => console.log(error.name + ': ' + error.message))`
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      timeout: 30_000,
    })
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^LogUnavailableError: Could not open "requests" on Kafka: .*ECONNREFUSED.*\n$/)
    expect(stdout).toContain('. Brokers: 127.0.0.1:1, localhost:1. ')
  })

  test('a port where nobody answers is given up in time', async () => {
    const sockets = new Set<Socket>()
    const silent = createServer(socket => sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    const broker = `127.0.0.1:${typeof address === 'object' ? address?.port : address}`
    const error = await rejection(openKafkaLog({ ...settings, topic: 'requests', brokers: [broker] }))
    for (const socket of sockets) socket.destroy()
    silent.close()
    expect(error).toBeInstanceOf(EventLogError)
    expect(String(error)).toContain(`no answer within 15 s. Brokers: ${broker}`)
  })
})

describe.skipIf(brokers.length === 0)('topics', () => {
  test('a client has the same partition in either log', async () => {
    const topic = uniqueTopic('same')
    const clients = range(0, 60).map(index => `client-${index}-æ`)
    const records = clients.map(key => ({ to: { key }, value: Buffer.from(key) }))
    const logs = [await openLog(kafka, topic, 5), await openLog(embedded, topic, 5)]
    const [onKafka, onSqlite] = await Promise.all(
      logs.map(async log => {
        await log.append(records)
        const ends = await Promise.all(
          range(0, 5).map(async partition => (await log.bounds(partition)).endOffset),
        )
        return Promise.all(
          ends.map(async (end, partition) => (await readValues(log, partition, 0, end)).values),
        )
      }),
    )
    expect(onKafka).toEqual(onSqlite)
    expect(onKafka?.filter(values => values.length > 0).length).toBe(5)
  })

  test('a missing topic is made with append times and the retention that a replay needs', async () => {
    const log = await openLog(kafka, uniqueTopic('made'), 3)
    const { resources } = await withAdmin(brokers, admin =>
      admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: log.topic }] }),
    )
    const configs = new Map(resources[0]?.configEntries.map(entry => [entry.configName, entry.configValue]))
    expect(configs.get('message.timestamp.type')).toBe('LogAppendTime')
    expect(configs.get('retention.ms')).toBe(String(62 * 86_400_000))
    expect(configs.get('retention.bytes')).toBe('-1')
    expect(configs.get('cleanup.policy')).toBe('delete')
    expect(configs.get('min.insync.replicas')).toBe('1')
  })

  test('a topic whose senders choose the time is refused with the command that mends it', async () => {
    const topic = uniqueTopic('create-time')
    await withAdmin(brokers, admin =>
      admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 1 }] }),
    )
    const error = await rejection(openKafkaLog({ ...settings, brokers, topic }))
    expect(error).toBeInstanceOf(EventLogError)
    expect(String(error)).toContain(
      `"${topic}" has message.timestamp.type=CreateTime, expected LogAppendTime`,
    )
    expect(String(error)).toContain(
      `kafka-configs.sh --bootstrap-server ${brokers[0]} --alter --entity-type topics --entity-name ${topic} ` +
        '--add-config message.timestamp.type=LogAppendTime',
    )
  })

  test('a topic that keeps the newest record of a key alone is refused with the command that mends it', async () => {
    const topic = uniqueTopic('compacted')
    const configEntries = [
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
      { name: 'cleanup.policy', value: 'compact,delete' },
    ]
    await withAdmin(brokers, admin =>
      admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 1, configEntries }] }),
    )
    expect(String(await rejection(openKafkaLog({ ...settings, brokers, topic })))).toMatch(
      /has cleanup.policy=compact,delete, expected delete: .* --add-config cleanup.policy=delete$/,
    )
  })

  test('a topic that is changed while it is consumed is noticed', async () => {
    const told: string[] = []
    const tell = (_: object, text: string) => void told.push(text)
    const log = await openKafkaLog({
      ...{ ...settings, brokers, topic: uniqueTopic('changed') },
      logger: { debug: () => undefined, warn: tell, error: tell },
    })
    onTestFinished(() => log.close())
    const recorder = new Recorder()
    const subscription = await consumeAll(log, recorder)
    const alter = (name: string, value: string) =>
      withAdmin(brokers, admin =>
        admin.alterConfigs({
          validateOnly: false,
          resources: [
            {
              ...{ type: 2, name: log.topic },
              configEntries: [
                { name: 'message.timestamp.type', value: 'LogAppendTime' },
                { name, value },
              ],
            },
          ],
        }),
      )
    await alter('retention.bytes', '1000000')
    await withAdmin(brokers, admin =>
      admin.createPartitions({ topicPartitions: [{ topic: log.topic, count: 2 }] }),
    )
    await until(
      () => told.length >= 2,
      () => told.join('\n'),
    )
    await until(
      () => log.partitionCount === 2,
      () => `the log has ${log.partitionCount} partitions`,
    )
    expect(told.join('\n')).toContain('has retention.bytes=1000000, expected -1')
    await log.append(numbered(10, { partition: 0 }))
    await until(
      () => recorder.count() === 10,
      () => `${recorder.count()} of 10 records`,
    )
    await alter('cleanup.policy', 'compact')
    expect(String(await rejection(subscription.finished))).toContain('has cleanup.policy=compact')
    expect(recorder.violations).toEqual([])
  })

  test('looking at a cluster makes no topic, and tells what one is like', async () => {
    const topic = uniqueTopic('looked-at')
    const look = () => inspectKafka({ ...settings, brokers, topic })
    expect(await look()).toEqual({ brokers: expect.any(Number), topic: null })
    expect(await withAdmin(brokers, admin => admin.listTopics())).not.toContain(topic)

    const configEntries = [
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
      { name: 'retention.ms', value: '86400000' },
    ]
    await withAdmin(brokers, admin =>
      admin.createTopics({ topics: [{ topic, numPartitions: 3, configEntries }] }),
    )
    const { topic: facts } = await look()
    expect(facts).toMatchObject({
      partitionCount: 3,
      warnings: [expect.stringContaining('has retention.ms=86400000, expected 777600000 (9 days)')],
    })
  })

  test('looking at brokers that are not there is an error that names them', async () => {
    const error = await rejection(inspectKafka({ ...settings, brokers: ['127.0.0.1:1'], topic: 'requests' }))
    expect(error).toBeInstanceOf(EventLogError)
    expect(String(error)).toContain('Brokers: 127.0.0.1:1')
  })

  test('a topic that was re-created while it was consumed ends the subscription', async () => {
    const log = await openLog(kafka, uniqueTopic('again'), 1)
    await log.append(numbered(10, { partition: 0 }))
    // Where counting stands, should the group be joined anew while the topic is away.
    const recorder: Recorder = new Recorder(() => recorder.count())
    const subscription = await consumeAll(log, recorder)
    await until(
      () => recorder.count() === 10,
      () => `${recorder.count()} of 10 records`,
    )
    await withAdmin(brokers, async admin => {
      await admin.deleteTopics({ topics: [log.topic] })
      await expect.poll(() => admin.listTopics()).not.toContain(log.topic)
    })
    await openLog(kafka, log.topic, 1).then(again => again.append(numbered(3, { partition: 0 })))
    expect(String(await rejection(subscription.finished))).toMatch(
      /ends before offset 10: it holds \[0, [03]\)/,
    )
    expect(recorder.count()).toBe(10)
  })
})

describe.skipIf(brokers.length === 0)('control records', () => {
  test('take offsets, are never delivered, and hold up neither reading nor consuming', async () => {
    const log = await openLog(kafka, uniqueTopic('control'), 1)
    const producer = createKafkaClient({ brokers, clientId: 'forbruk-test' }).producer({
      transactionalId: log.topic,
      maxInFlightRequests: 1,
      idempotent: true,
    })
    await producer.connect()
    const send = async (end: 'commit' | 'abort') => {
      const transaction = await producer.transaction()
      await transaction.send({ topic: log.topic, messages: [{ value: end }] })
      await transaction[end]()
    }
    // Offsets 0 and 1 a record and its marker, 2 and 3 the same aborted.
    await send('commit')
    await send('abort')
    // Kafka writes the marker after it has answered.
    await expect.poll(() => log.bounds(0)).toEqual({ startOffset: 0, endOffset: 4 })
    expect(await readValues(log, 0, 0, 4)).toEqual({ values: ['commit'], offsets: [0], nextOffset: 4 })
    expect(await readValues(log, 0, 1, 4)).toEqual({ values: [], offsets: [], nextOffset: 4 })

    const recorder = new Recorder(() => 0)
    recorder.gapsAllowed = true
    const subscription = await consumeAll(log, recorder)
    const reaches = (offset: number) =>
      until(
        () => recorder.nextOffsets.get(0) === offset,
        () => `stands at ${recorder.nextOffsets.get(0)} of ${offset}`,
      )
    await reaches(4)
    await send('abort')
    await reaches(6)
    await send('commit')
    await reaches(8)
    await subscription.stop()
    await producer.disconnect()
    expect(recorder.offsets(0)).toEqual([0, 6])
    expect(recorder.violations).toEqual([])
  })
})

describe.skipIf(brokers.length === 0)('two consumers', () => {
  test('lose and skip nothing from where assign says, whoever is told to hold what', async () => {
    const log = await openLog(kafka, uniqueTopic('share'), 4)
    const partitions = range(0, 4)
    // Behind what was delivered, as a block's start is: every third batch moves it.
    const ledger = new Map<number, number>()
    class Counting extends Recorder {
      #batches = 0
      override async handle(batch: RecordBatch) {
        await new Promise(resolve => setTimeout(resolve, 5))
        this.#batches += 1
        const known = ledger.get(batch.partition) ?? 0
        if (this.#batches % 3 === 0) ledger.set(batch.partition, Math.max(known, batch.nextOffset - 2))
      }
    }
    const startOf = async (partition: number) => ledger.get(partition) ?? 0
    let appending = true
    const appender = (async () => {
      while (appending) {
        await log.append(partitions.flatMap(partition => numbered(3, { partition })))
        await new Promise(resolve => setTimeout(resolve, 10))
      }
    })()

    const [first, second] = [new Counting(startOf), new Counting(startOf)]
    const heldBy = (recorder: Recorder) => [...recorder.nextOffsets.keys()].toSorted()
    const firstSubscription = await consumeAll(log, first)
    await until(
      () => first.count() > 100,
      () => `the first has ${first.count()} records`,
    )
    const secondSubscription = await log.consume('second', second)
    for (const shares of [
      [
        [0, 1],
        [2, 3],
      ],
      [
        [1, 2, 3],
        [0, 1],
      ],
      [[3], [0, 1, 2]],
      [[], partitions],
    ] as const) {
      const before = [first.count(), second.count()]
      firstSubscription.hold(new Set(shares[0]))
      secondSubscription.hold(new Set(shares[1]))
      await until(
        () =>
          String([heldBy(first), heldBy(second)]) === String(shares) &&
          (shares[0].length === 0 || first.count() > (before[0] ?? 0)) &&
          second.count() > (before[1] ?? 0),
        () => `the first holds ${heldBy(first)}, the second ${heldBy(second)}, of ${shares}`,
      )
    }
    appending = false
    await appender
    const ends = await Promise.all(partitions.map(async partition => (await log.bounds(partition)).endOffset))
    await until(
      () => ends.every((end, partition) => second.nextOffsets.get(partition) === end),
      () => `the second stands at ${[...second.nextOffsets]} of ${ends}`,
    )
    await Promise.all([firstSubscription.stop(), secondSubscription.stop()])

    for (const [partition, end] of ends.entries()) {
      const seen = new Set([...first.offsets(partition), ...second.offsets(partition)])
      expect([...seen].toSorted((a, b) => a - b)).toEqual(range(0, end))
    }
    expect([...first.violations, ...second.violations]).toEqual([])
    expect(first.revoked.length).toBe(first.assigned.length)
    expect(second.revoked.length).toBe(second.assigned.length)
  })
})
