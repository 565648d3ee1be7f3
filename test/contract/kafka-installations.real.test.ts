import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aggregate } from '@forbruk/aggregator/run/aggregate.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { createKafkaClient } from '@forbruk/infra/log/kafka/client.ts'
import { createLogger } from '@forbruk/infra/runtime/logger.ts'
import { countAlive } from '@forbruk/infra/signs/count-alive.ts'
import { LOOK_INTERVAL_MS } from '@forbruk/infra/signs/neighbours.ts'
import { openSignBoard } from '@forbruk/infra/signs/sign-board.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { watchStandstills } from '../../services/cli/wiring/log/watch-standstills.ts'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { kafka, openLog, range } from '../support/log/backends.ts'
import { runForbruk } from '../support/process/run-forbruk.ts'
import { startKillableStore } from '../support/store/killable-store.ts'
import { until } from '../support/wait/until.ts'

const brokers = inject('kafkaBrokers') ?? []
const PARTITIONS = 4
const RECORDS = 200

describe.skipIf(brokers.length === 0)('on one Kafka', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-installations-'))
  let store: Store

  beforeAll(async () => {
    store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
    await migrate(store, MIGRATIONS, Date.now)
  })
  afterAll(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function makeTopic(purpose: string): Promise<EventLog> {
    const log = await openLog(kafka, uniqueTopic(purpose), PARTITIONS)
    await log.append(
      range(0, RECORDS).map(id => ({ value: requestOf(id), to: { partition: id % PARTITIONS } })),
    )
    return log
  }

  /** Into the store of this file, as `forbruk aggregate` does, until caught up. */
  async function startCounting(log: EventLog, into = store) {
    const warnings: { partition?: number; isCountedHere?: boolean; text: string }[] = []
    const silent = () => undefined
    const warn = (fields: object, text: string) => void warnings.push({ ...fields, text })
    const watch = await watchStandstills({
      logger: { debug: silent, info: silent, warn, error: silent },
      log: async () => log,
      store: async () => into,
    })
    const stopping = new AbortController()
    const counting = aggregate({
      ...{ log, store: into, logger: createLogger('silent'), signal: stopping.signal, untilCaughtUp: true },
      onHeld: watch.onHeld,
    })
    onTestFinished(async () => {
      stopping.abort()
      await counting.catch(() => undefined)
      await watch[Symbol.asyncDispose]()
    })
    return { counting, warnings, watch }
  }

  test('two stores each count all of a topic, and neither minds another topic', async () => {
    const [log, other] = [await makeTopic('shared'), await makeTopic('other')]
    const count = (name: string, topic: string) =>
      runForbruk(['aggregate', '--until-caught-up'], {
        ...{ KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC: topic, FORBRUK_DATA_DIR: join(folder, name) },
      })
    const ended = await Promise.all([count('a', log.topic), count('b', log.topic), count('c', other.topic)])
    for (const { code, stdout, stderr } of ended) {
      expect(stderr).not.toContain('"level":50')
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`${RECORDS} requests`) })
    }
  })

  test('what nobody counts on is named within seconds, and waited for', async () => {
    const log = await makeTopic('held')
    const process = await startKillableStore(join(folder, 'shared'), join(folder, 'shared.err'))
    onTestFinished(() => process.stop())
    const shared = await openStore({
      ...{ kind: 'server', url: process.url, user: 'default', password: '', database: 'forbruk' },
    })
    onTestFinished(() => shared.close())
    await migrate(shared, MIGRATIONS, Date.now)
    // One that lives and says that it counts, and does not get on: as one that waits for its disk.
    const board = openSignBoard(shared, log.topic)
    let sequence = 0
    const tell = () =>
      board.tell({ process: 'stuck', sequence: ++sequence, isLeaving: false, held: range(0, PARTITIONS) })
    await tell()
    expect(await countAlive(shared)).toEqual(new Map([[log.topic, 1]]))
    const telling = setInterval(() => void tell().catch(() => undefined), LOOK_INTERVAL_MS)
    onTestFinished(() => clearInterval(telling))
    const { counting, warnings } = await startCounting(log, shared)
    const said = () => warnings.filter(({ isCountedHere }) => isCountedHere === false)
    await until(
      () => said().length === 2,
      () => JSON.stringify(warnings),
    )
    expect(said()[0]?.text).toMatch(
      /^partition \d has stood at offset 0 for \d+ s, with 50 offsets to be counted$/,
    )
    clearInterval(telling)
    await counting
  })

  test("a producer's open transaction is a part of the log: it is waited for, and said", async () => {
    const log = await makeTopic('open')
    const producer = createKafkaClient({ brokers, clientId: 'forbruk-test' }).producer({
      ...{ transactionalId: log.topic, maxInFlightRequests: 1, idempotent: true },
    })
    onTestFinished(() => producer.disconnect())
    await producer.connect()
    const transaction = await producer.transaction()
    const messages = range(0, 150).map(id => ({ partition: 0, value: requestOf(1_000 + id) }))
    await transaction.send({ topic: log.topic, messages })
    await log.append([{ value: requestOf(2_000), to: { partition: 0 } }])
    expect(await log.bounds(0)).toEqual({ startOffset: 0, endOffset: 201, openFrom: 50 })
    expect(await log.bounds(1)).toEqual({ startOffset: 0, endOffset: 50 })

    const { counting, warnings, watch } = await startCounting(log)
    await until(
      () => watch.current().length > 0,
      () => 'nothing stands still',
    )
    expect(warnings.map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /^partition 0 has stood at offset 50 .*, with 151 offsets .*: a producer has a transaction open from offset 50/,
      ),
    ])
    await transaction.commit()
    await counting
    const [counted] = await store.query(
      'SELECT sum(requests) AS requests FROM usage_rollup FINAL WHERE stream = {stream:String}',
      shapeOf({ requests: safeCount }),
      { stream: log.topic },
    )
    expect(counted?.requests).toBe(RECORDS + 151)
  })
})

function requestOf(id: number): Buffer {
  return encodeRequest({
    ...({ kind: 'request', source: 'gw', identity: { kind: 'request_id', id: `request-${id}` } } as const),
    ...{ clientId: 'fjord', integrationId: '', timeMs: Date.UTC(2026, 10, 1), status: 200 },
    ...{ requestBytes: 1, responseBytes: 1 },
  })
}
