import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type EventLog, LogUnavailableError } from '@forbruk/infra/log/event-log.ts'
import { openEventLog } from '@forbruk/infra/log/open-event-log.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type KillableKafka, startKillableKafka } from '../support/kafka/killable-kafka.ts'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { numbered, range } from '../support/log/backends.ts'
import { consumeAll, Recorder } from '../support/log/recorder.ts'
import { findJavaAndMaven } from '../support/maven/find-java-and-maven.ts'
import { startForbruk } from '../support/process/run-forbruk.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'
import { rejection } from '../support/wait/rejection.ts'
import { until } from '../support/wait/until.ts'

/** Longer than a question to the brokers is repeated by itself. */
const AWAY_MS = 8_000
/** Until consuming has broken off and is tried again. */
const UNNOTICED_MS = 4_000
/** A supervisor waits for 30 s, and `forbruk` ends without order after 25 s. */
const STOPPED_WITHIN_MS = 20_000

const obstacle = tellNotRun('A broker that goes away', await findJavaAndMaven())

describe.skipIf(obstacle !== null)('a broker that goes away', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-outage-'))
  const opened: EventLog[] = []
  let kafka: KillableKafka
  let isUp = true
  const kill = async () => {
    isUp = false
    await kafka.kill()
  }
  const start = async () => {
    await kafka.start()
    isUp = true
  }

  beforeAll(async () => {
    kafka = await startKillableKafka(folder)
  })
  afterEach(async () => {
    if (!isUp) await start()
  })
  afterAll(async () => {
    await Promise.all(opened.map(log => log.close()))
    await kafka?.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  async function open(purpose: string, partitionCount: number): Promise<EventLog> {
    const log = await openEventLog({
      kind: 'kafka',
      brokers: kafka.brokers,
      topic: uniqueTopic(purpose),
      partitionCount,
      replicationFactor: 1,
      clientId: 'forbruk-test',
    })
    opened.push(log)
    return log
  }

  test('is an error of its own where something is asked once', async () => {
    const log = await open('asked', 1)
    await kill()
    expect(await rejection(log.bounds(0))).toBeInstanceOf(LogUnavailableError)
    expect(await rejection(log.append(numbered(1, { partition: 0 })))).toBeInstanceOf(LogUnavailableError)
  })

  test('while partitions are assigned is waited for, and nothing is lost or delivered twice', async () => {
    const log = await open('assigned', 2)
    await log.append(range(0, 2).flatMap(partition => numbered(10, { partition })))
    const killed = Promise.withResolvers<void>()
    let back: Promise<void> | null = null
    const recorder = new Recorder(async partition => {
      back ??= kill()
        .then(() => killed.resolve())
        .then(() => sleep(AWAY_MS))
        .then(() => start())
      await killed.promise
      // As counting does before it says where to begin.
      return (await log.bounds(partition)).startOffset
    })
    const subscription = await consumeAll(log, recorder)
    await until(
      () => recorder.count() === 20,
      () => `${recorder.count()} of 20 records`,
      90_000,
    )
    await back
    await subscription.stop()
    await subscription.finished
    expect(range(0, 2).map(partition => recorder.offsets(partition))).toEqual([range(0, 10), range(0, 10)])
    // Of a partition that was taken away before there was an answer the recorder knows nothing.
    expect(recorder.violations.filter(violation => !violation.includes('revoked unassigned'))).toEqual([])
  })

  test('does not hold up a stop, and what was stopped does not join again', async () => {
    const log = await open('stop', 2)
    await log.append(numbered(10, { partition: 0 }))
    const recorder = new Recorder()
    const subscription = await consumeAll(log, recorder)
    await until(
      () => recorder.count() === 10,
      () => `${recorder.count()} of 10 records`,
    )
    await kill()
    await sleep(UNNOTICED_MS)
    const beganMs = performance.now()
    await subscription.stop()
    await subscription.finished
    await log.close()
    expect(performance.now() - beganMs).toBeLessThan(STOPPED_WITHIN_MS)
    const { length } = recorder.assigned
    await start()
    await sleep(2_000)
    expect(recorder.assigned).toHaveLength(length)
    expect(recorder.violations).toEqual([])
  })

  test('does not hold up a process that is told to end', async () => {
    const log = await open('process', 2)
    const running = startForbruk(['aggregate'], {
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_TOPIC: log.topic,
      FORBRUK_DATA_DIR: join(folder, 'counted'),
      LOG_LEVEL: 'info',
    })
    await running.saying('"msg":"partition assigned"', 60_000)
    await kill()
    await sleep(UNNOTICED_MS)
    const beganMs = performance.now()
    const { code, stderr } = await running.stop()
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(performance.now() - beganMs).toBeLessThan(STOPPED_WITHIN_MS)
  })
})
