import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { audit } from '@forbruk/aggregator/audit/audit.ts'
import { UNSIGNED_VERSION } from '@forbruk/aggregator/count/block.ts'
import { growStream } from '@forbruk/aggregator/resume/grow-stream.ts'
import { aggregate } from '@forbruk/aggregator/run/aggregate.ts'
import { judgeMonth } from '@forbruk/close/gate/gate.ts'
import { readGateFacts } from '@forbruk/close/gate/read-gate-facts.ts'
import { makeStreamKey } from '@forbruk/infra/ledger/blocks/stream-key.ts'
import { createLedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { createLogger } from '@forbruk/infra/runtime/logger.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import type { EventIdentity } from '@forbruk/schemas/event/log-event.ts'
import { periodAt, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { watchStandstills } from '../../services/cli/wiring/log/watch-standstills.ts'
import { uniqueTopic, withAdmin } from '../support/kafka/topics.ts'
import { kafka, openLog, range } from '../support/log/backends.ts'
import { until } from '../support/wait/until.ts'

const brokers = inject('kafkaBrokers') ?? []
const CLIENTS = 40
const EACH = 120
const nowMs = Date.now()

/** Of every kind that is told from its copies, from many clients. */
function eventsOf(first: number) {
  return range(first, first + EACH).flatMap(number => {
    const clientId = `client-${number % CLIENTS}`
    const line = { kind: 'position', file: 'access', position: number * 100 } as const
    return [line, { kind: 'request_id', id: `request-${number}` } as const].map(identity => ({
      value: requestOf(clientId, identity),
      to: { key: clientId },
    }))
  })
}

function requestOf(clientId: string, identity: EventIdentity): Buffer {
  return encodeRequest({
    ...({ kind: 'request', source: 'gw', identity, clientId, integrationId: '' } as const),
    ...{ timeMs: nowMs, status: 200, requestBytes: 1, responseBytes: 1 },
  })
}

describe.skipIf(brokers.length === 0)('a topic on Kafka that gets partitions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-growth-'))
  let store: Store
  beforeAll(async () => {
    store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
    await migrate(store, MIGRATIONS, Date.now)
  })
  afterAll(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function readCounted({ topic }: EventLog): Promise<number> {
    const sql = 'SELECT sum(requests) AS requests FROM usage_counted WHERE stream = {stream:String}'
    const [row] = await store.query(sql, shapeOf({ requests: safeCount }), { stream: topic })
    return row?.requests ?? 0
  }
  const addPartitions = (topic: string, count: number) =>
    withAdmin(brokers, admin => admin.createPartitions({ topicPartitions: [{ topic, count }] }))

  const grow = (log: EventLog) =>
    growStream(
      {
        ...{ ledger: createLedgerReader(store), store, log, clock: Date.now },
        ...{ unsignedVersion: UNSIGNED_VERSION, openKey: () => makeStreamKey(store, log.topic) },
      },
      false,
    )

  function startCounting(log: EventLog, untilCaughtUp: boolean) {
    const stopping = new AbortController()
    const { signal } = stopping
    const counting = aggregate({ log, store, logger: createLogger('silent'), signal, untilCaughtUp })
    counting.catch(() => undefined)
    onTestFinished(async () => {
      stopping.abort()
      await counting.catch(() => undefined)
    })
    return { counting, stop: () => stopping.abort() }
  }

  async function startWatch(log: EventLog) {
    const warnings: string[] = []
    const silent = () => undefined
    const logger = { debug: silent, info: silent, error: silent }
    const warn = (_fields: object, text: string) => void warnings.push(text)
    const parts = { logger: { ...logger, warn }, log: async () => log, store: async () => store }
    const watch = await watchStandstills(parts)
    onTestFinished(() => watch[Symbol.asyncDispose]())
    return warnings
  }

  test('is counted on, names what is not counted, and grows on a word, each request once', async () => {
    const log = await openLog(kafka, uniqueTopic('growth'), 6)
    await log.append(eventsOf(0))
    const { counting, stop } = startCounting(log, false)
    const warnings = await startWatch(log)
    /** By who has run all the time, from the first partition to the last. */
    const isCounted = async () => {
      const standings = await createLedgerReader(store).readStandings(log.topic)
      const ends = await Promise.all(range(0, log.partitionCount).map(partition => log.bounds(partition)))
      return ends.every(
        ({ endOffset }, partition) => (standings.get(partition)?.nextOffset ?? 0) >= endOffset,
      )
    }
    const countsAll = () => until(isCounted, () => `not all is counted: ${warnings}`, 240_000)
    await countsAll()

    for (const [step, partitionCount] of [8, 12].entries()) {
      await addPartitions(log.topic, partitionCount)
      await until(
        async () => {
          await log.bounds(0)
          return log.partitionCount === partitionCount
        },
        () => `the log has ${log.partitionCount} partitions`,
      )
      // Copies of everything, which now lie in other partitions, before anybody agreed and behind it.
      await log.append(eventsOf(0))
      await log.append(eventsOf((step + 1) * EACH))
      const first = partitionCount === 8 ? 6 : 8
      await until(
        () => warnings.some(text => text.startsWith(`partition ${first} is not counted`)),
        () => JSON.stringify(warnings),
      )
      // Whoever starts now goes on with those that are counted.
      const another = await openLog(kafka, log.topic, 6)
      await startCounting(another, true).counting
      const period = periodAt(nowMs, 'Europe/Oslo')
      const facts = await readGateFacts(store, log, period.month, periodRange(period, 'Europe/Oslo'))
      const lacks = judgeMonth(facts, nowMs)
      expect(lacks).toContainEqual(expect.objectContaining({ kind: 'partition_uncounted', partition: first }))

      const [grown] = await Promise.all([grow(log), grow(another)])
      expect(grown).toMatchObject({ from: first, to: partitionCount, partitionsTold: partitionCount })
      await log.append(eventsOf(0))
      await log.append(eventsOf((step + 1) * EACH))
      await countsAll()
      // Settles what has come again, at once.
      await startCounting(another, true).counting
      expect(await readCounted(log)).toBe(2 * EACH * (step + 2))
    }
    stop()
    await counting
    expect(await grow(log)).toMatchObject({ from: 12, to: 12, partitionsTold: 0 })
    const { findings } = await audit({ store, stream: log.topic, replayFrom: log, range: null })
    expect(findings).toEqual([])
  }, 900_000)
})
