import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { uniqueTopic, withAdmin } from '../support/kafka/topics.ts'
import { kafka, openLog, range } from '../support/log/backends.ts'
import { forbruk, type Running, runForbruk, startForbruk } from '../support/process/run-forbruk.ts'
import { type KillableStore, startKillableStore } from '../support/store/killable-store.ts'
import { until } from '../support/wait/until.ts'

const brokers = inject('kafkaBrokers') ?? []
const FIRST = 2
const GROWN = 4
const EACH = 40
const WAIT_MS = 300_000
const timeMs = Date.now()

describe.skipIf(brokers.length === 0)('forbruk stream grow, typed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-grow-'))
  const topic = uniqueTopic('grow')
  let server: KillableStore
  let log: EventLog
  let settings: Record<string, string>
  let up: Running

  beforeAll(async () => {
    server = await startKillableStore(join(folder, 'store'), join(folder, 'store.err'))
    settings = {
      ...{ KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC: topic, CLICKHOUSE_URL: server.url },
      ...{ FORBRUK_DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'info' },
    }
  }, WAIT_MS)
  beforeEach(async () => {
    log = await openLog(kafka, topic, FIRST)
  })
  afterAll(async () => {
    up?.child.kill('SIGKILL')
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const grow = (...flags: string[]) => runForbruk(['stream', 'grow', ...flags], settings)
  const growJson = async (...flags: string[]) =>
    JSON.parse(await forbruk(['stream', 'grow', '--json', ...flags], settings))
  /** The same lines each time: by how many partitions there are, they come to others. */
  const appendAll = () =>
    log.append(
      range(0, EACH).map(number => ({
        value: encodeRequest({
          ...({
            kind: 'request',
            source: 'gw',
            identity: { kind: 'position', file: 'f', position: number },
          } as const),
          ...{ clientId: 'fjord', integrationId: '', timeMs, status: 200 },
          ...{ requestBytes: 1, responseBytes: 1 },
        }),
        to: { partition: number % log.partitionCount },
      })),
    )
  const counted = async (database: Record<string, string> = {}) => {
    const args = ['sql', 'SELECT sum(requests) FROM usage_hourly', '--format', 'TSV']
    return Number(await forbruk(args, { ...settings, ...database }))
  }

  test('is refused where nothing is counted yet', async () => {
    const { code, stderr } = await grow()
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: `forbruk: nothing of ${topic} is counted yet: it begins with all the partitions that it has\n`,
    })
  })

  test(
    'has nothing to agree to where all is counted',
    async () => {
      up = startForbruk(['up'], settings)
      await up.saying('partition assigned', WAIT_MS)
      await appendAll()
      await until(
        async () => (await counted()) === EACH,
        () => up.stderr,
        WAIT_MS,
      )
      for (const flags of [[], ['--dry-run']]) {
        const { code, stdout } = await grow(...flags)
        expect({ code, stdout }).toEqual({
          code: 0,
          stdout: `${topic}: all ${FIRST} partitions are counted; there is nothing to agree to\n`,
        })
      }
      const nothing = { partitions_before: FIRST, partitions: FIRST, records_waiting: 0, partitions_told: 0 }
      expect(await growJson()).toEqual(nothing)
    },
    WAIT_MS,
  )

  test(
    'says first what it would do, then does it, and does no harm when it is typed again',
    async () => {
      await withAdmin(brokers, admin =>
        admin.createPartitions({ topicPartitions: [{ topic, count: GROWN }] }),
      )
      await until(
        async () => (await log.bounds(0)) !== null && log.partitionCount === GROWN,
        () => `the log has ${log.partitionCount} partitions`,
      )
      await appendAll()
      const look = await grow('--dry-run')
      expect(look).toMatchObject({ code: 0, stderr: '' })
      expect(look.stdout).toBe(
        `${topic}: ${FIRST} of ${GROWN} partitions are counted; the others hold ${EACH / 2} records. ` +
          'Nothing was done; without --dry-run all of them would be counted from then on, for good\n',
      )
      const waiting = { partitions_before: FIRST, partitions: GROWN, records_waiting: EACH / 2 }
      expect(await growJson('--dry-run')).toEqual({ ...waiting, partitions_told: 0 })
      expect(up.stderr).not.toContain('the stream has grown')

      const grown = await grow()
      expect(grown).toMatchObject({ code: 0, stderr: '' })
      expect(grown.stdout).toBe(
        `${topic}: all ${GROWN} partitions are counted from now on, for good. There were ${FIRST}; the others hold ` +
          `${EACH / 2} records. Each forbruk aggregate or forbruk up that runs goes on with all of them ` +
          'within seconds\n',
      )
      // At once: the word may not be counted yet, and then it is said again.
      expect((await grow()).code).toBe(0)
      await up.saying('the stream has grown', WAIT_MS)
      await appendAll()
      await forbruk(['aggregate', '--until-caught-up'], settings)
      expect(await counted()).toBe(EACH)
      expect((await grow()).stdout).toBe(
        `${topic}: all ${GROWN} partitions are counted; there is nothing to agree to\n`,
      )
    },
    WAIT_MS,
  )

  test(
    "is another installation's to say where the key is imported, which then follows it",
    async () => {
      const other = { ...settings, CLICKHOUSE_DATABASE: 'other', FORBRUK_DATA_DIR: join(folder, 'other') }
      const { public_key: key } = JSON.parse(await forbruk(['stream', 'key', '--json'], settings))
      await forbruk(['stream', 'key', '--import', key], other)
      await forbruk(['aggregate', '--until-caught-up'], other)
      expect(await counted({ CLICKHOUSE_DATABASE: 'other' })).toBe(EACH)
      await withAdmin(brokers, admin =>
        admin.createPartitions({ topicPartitions: [{ topic, count: GROWN + 1 }] }),
      )
      await until(
        async () =>
          JSON.parse(await forbruk(['stream', 'grow', '--dry-run', '--json'], other)).partitions ===
          GROWN + 1,
        () => 'the topic has not got its partition',
        WAIT_MS,
      )
      const { code, stdout, stderr } = await runForbruk(['stream', 'grow'], other)
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
      expect(stderr).toMatch(
        `forbruk: the store has no secret half of the key ${key} of ${topic}: how it is counted`,
      )
      await log.bounds(0)
      await appendAll()
      // The word of the store in which the key was made is believed here as well.
      await forbruk(['stream', 'grow'], settings)
      const following = startForbruk(['aggregate'], other)
      await following.saying('the stream has grown', WAIT_MS)
      await following.stop()
    },
    WAIT_MS,
  )
})
