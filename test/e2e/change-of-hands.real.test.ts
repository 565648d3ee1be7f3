import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { LOOKS_TO_BE_GONE } from '@forbruk/infra/signs/neighbours.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { kafka, openLog, range } from '../support/log/backends.ts'
import { type Running, runForbruk, startForbruk } from '../support/process/run-forbruk.ts'
import { type KillableStore, startKillableStore } from '../support/store/killable-store.ts'
import { until } from '../support/wait/until.ts'

const brokers = inject('kafkaBrokers') ?? []
const PARTITIONS = 4
const WAIT_MS = 120_000

const lineShape = z.looseObject({ msg: z.string(), partition: z.number().optional() })

/** What a process has said so far, as objects. */
function said({ stderr }: Running): z.infer<typeof lineShape>[] {
  const lines = stderr.split('\n').slice(0, -1)
  return lines.filter(line => line.startsWith('{')).map(line => lineShape.parse(JSON.parse(line)))
}

const assignedTo = (running: Running) =>
  new Set(said(running).flatMap(({ msg, partition }) => (msg === 'partition assigned' ? [partition] : [])))

describe.skipIf(brokers.length === 0)('processes that count one topic into one store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-hands-'))
  const started: Running[] = []
  let server: KillableStore
  let store: Store
  let log: EventLog
  let settings: Record<string, string>
  let sent = 0

  beforeAll(async () => {
    server = await startKillableStore(join(folder, 'store'), join(folder, 'store.err'))
    store = await openStore({
      ...{ kind: 'server', url: server.url, user: 'default', password: '', database: 'forbruk' },
    })
    const topic = uniqueTopic('hands')
    settings = {
      ...{ KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC: topic, KAFKA_PARTITIONS: String(PARTITIONS) },
      ...{ CLICKHOUSE_URL: server.url, FORBRUK_DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'info' },
    }
    log = await openLog(kafka, topic, PARTITIONS)
  }, WAIT_MS)
  afterAll(async () => {
    for (const { child } of started) child.kill('SIGKILL')
    await store?.close()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const start = () => {
    const running = startForbruk(['aggregate'], settings)
    started.push(running)
    return running
  }
  const append = async () => {
    const appended = range(sent, sent + 40).map(id => ({
      value: encodeRequest({
        ...({ kind: 'request', source: 'gw', identity: { kind: 'request_id', id: `r${id}` } } as const),
        ...{ clientId: 'fjord', integrationId: '', timeMs: Date.now(), status: 200 },
        ...{ requestBytes: 1, responseBytes: 1 },
      }),
      to: { partition: id % PARTITIONS },
    }))
    await log.append(appended)
    sent += appended.length
  }
  const counted = async () => {
    const shape = shapeOf({ requests: safeCount })
    const rows = await store.query('SELECT sum(requests) AS requests FROM ingest_progress', shape)
    return rows[0]?.requests
  }
  const untilCounted = () => expect.poll(counted, { timeout: WAIT_MS, interval: 200 }).toBe(sent)
  const untilHeld = (running: Running, size: number) =>
    until(
      () => assignedTo(running).size >= size,
      () => `${[...assignedTo(running)]}: ${running.stderr}`,
      WAIT_MS,
    )

  test('share it, take over from one another, and say who is waited for and how long', async () => {
    await append()
    const first = start()
    await untilHeld(first, PARTITIONS)
    const second = start()
    await untilHeld(second, PARTITIONS / 2)
    const its = [...assignedTo(second)].toSorted()
    await append()
    await untilCounted()
    second.child.kill('SIGKILL')
    await append()
    await first.saying('they are counted by the others now', WAIT_MS)
    await untilCounted()
    const lines = said(first).filter(({ msg }) => msg.startsWith('no sign of the process'))
    const looksMax = LOOKS_TO_BE_GONE
    expect(lines.at(-1)).toMatchObject({ partitions: its, looks: looksMax, looksMax })
    expect(lines.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(
        /which counted the partitions \d, \d, for [\d.]+ s: waiting for it for [\d.]+ s more$/,
      ),
      expect.stringMatching(
        /which counted the partitions \d, \d, for [\d.]+ s: they are counted by the others now$/,
      ),
    ])

    // One that stood still gives up what others count, and one that ends in order hands over.
    const third = start()
    await untilHeld(third, PARTITIONS / 2)
    third.child.kill('SIGSTOP')
    await append()
    await untilCounted()
    third.child.kill('SIGCONT')
    await append()
    await untilCounted()
    const { code } = await third.stop()
    await append()
    await untilCounted()
    expect({ code, ended: (await first.stop()).code }).toEqual({ code: 0, ended: 0 })
    const audit = await runForbruk(['audit', '--replay', '--json'], settings)
    expect(audit).toMatchObject({ code: 0, stdout: expect.stringContaining('"findings": []') })
  }, 600_000)
})
