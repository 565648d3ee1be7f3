import { mkdtempSync, rmSync } from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { audit } from '@forbruk/aggregator/audit/audit.ts'
import { FOLD_VERSION, UNSIGNED_VERSION } from '@forbruk/aggregator/count/block.ts'
import { acceptGap } from '@forbruk/aggregator/resume/accept-gap.ts'
import { aggregate } from '@forbruk/aggregator/run/aggregate.ts'
import { readStandings } from '@forbruk/infra/ledger/blocks/progress.ts'
import { createLedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { type EventLog, UnreadableRecordsError } from '@forbruk/infra/log/event-log.ts'
import { openEventLog } from '@forbruk/infra/log/open-event-log.ts'
import { createLogger } from '@forbruk/infra/runtime/logger.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KillableKafka, startKillableKafka } from '../support/kafka/killable-kafka.ts'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { range, readValues } from '../support/log/backends.ts'
import { findJavaAndMaven } from '../support/maven/find-java-and-maven.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'
import { rejection } from '../support/wait/rejection.ts'
import { until } from '../support/wait/until.ts'

const obstacle = tellNotRun('A damaged batch', await findJavaAndMaven())
const RECORDS_PER_BATCH = 10
const BATCHES = 6
const RECORDS = RECORDS_PER_BATCH * BATCHES

describe.skipIf(obstacle !== null)('a batch whose bytes on the disk have changed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-damage-'))
  let kafka: KillableKafka
  let store: Store
  let log: EventLog

  beforeAll(async () => {
    kafka = await startKillableKafka(folder)
    store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
    await migrate(store, MIGRATIONS, Date.now)
    log = await openEventLog({
      ...{ kind: 'kafka', brokers: kafka.brokers, topic: uniqueTopic('damage'), partitionCount: 2 },
      ...{ replicationFactor: 1, clientId: 'forbruk-test' },
    })
    await appendTo(log, 0)
    await appendTo(log, 1)
    await damageBatchAt(folder, log.topic, 0, 20)
  })
  afterAll(async () => {
    await log?.close()
    await store?.close()
    await kafka?.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Until `isDone`, or until caught up. */
  async function count(untilCaughtUp: boolean, isDone: () => Promise<boolean> = async () => false) {
    const stopping = new AbortController()
    const parts = { log, store, logger: createLogger('silent'), signal: stopping.signal, untilCaughtUp }
    const counting = aggregate(parts)
    if (!untilCaughtUp) {
      await until(isDone, () => 'what is whole is counted')
      stopping.abort()
    }
    await counting
  }
  const standings = async () => {
    const stored = await readStandings(store, log.topic)
    return range(0, 2).map(partition => stored.get(partition)?.nextOffset)
  }
  const settle = (gap: { partition: number; fromOffset: number; toOffset: number }) =>
    acceptGap(
      {
        ...{ ledger: createLedgerReader(store), store, log, clock: Date.now, foldVersionMax: FOLD_VERSION },
        words: { verify: () => false, unsignedVersion: UNSIGNED_VERSION },
      },
      gap,
      'a bad disk',
    )

  test('is named, and what stands before it is read', async () => {
    expect((await readValues(log, 0, 0, 20)).values.length).toBe(20)
    const error = await rejection(readValues(log, 0, 0, RECORDS))
    expect(error).toBeInstanceOf(UnreadableRecordsError)
    expect(String(error)).toMatch(
      /Partition 0 of ".*" can't be read at the offsets \[20, 30\): the batch that holds them is damaged/,
    )
  })

  test('holds up its own partition alone', async () => {
    await count(false, async () => String(await standings()) === `20,${RECORDS}`)
    const error = await rejection(count(true))
    expect(String(error)).toMatch(/^LogGapError: Partition 0 of .* --accept-gap 0:20-30 --reason TEXT/)
    expect(await standings()).toEqual([20, RECORDS])
  })

  test('can be given up, it alone, and counting goes on behind it', async () => {
    const refused = await rejection(settle({ partition: 0, fromOffset: 20, toOffset: 40 }))
    expect(String(refused)).toContain('the gap is 0:20-30, not 0:20-40')
    expect(String(await rejection(settle({ partition: 1, fromOffset: 20, toOffset: 30 })))).toContain(
      'there is no gap to accept',
    )
    await settle({ partition: 0, fromOffset: 20, toOffset: 30 })
    await count(true)
    expect(await standings()).toEqual([RECORDS, RECORDS])
    const report = await audit({ store, stream: log.topic, replayFrom: log, range: null })
    expect(report).toMatchObject({ requests: BigInt(2 * RECORDS - 10), findings: [], blocksGivenUp: 0 })
  })

  test('that was counted before leaves its figures standing, though they are not proved again', async () => {
    await damageBatchAt(folder, log.topic, 1, 40)
    // Where there is nothing to count, nothing is read again.
    await log.append([{ value: requestOf(1, RECORDS), to: { partition: 1 } }])
    expect(String(await rejection(count(true)))).toContain(`--accept-gap 1:${RECORDS}-${RECORDS} --reason`)
    const proved = await audit({ store, stream: log.topic, replayFrom: log, range: null })
    expect(proved.findings).toMatchObject([{ check: 'replay_equals_stored', place: 'partition 1, block 0' }])
    await settle({ partition: 1, fromOffset: RECORDS, toOffset: RECORDS })
    await count(true)
    const report = await audit({ store, stream: log.topic, replayFrom: log, range: null })
    expect(report).toMatchObject({ requests: BigInt(2 * RECORDS - 9), findings: [], blocksGivenUp: 1 })
  })
})

async function appendTo(log: EventLog, partition: number): Promise<void> {
  for (const batch of range(0, BATCHES)) {
    const ids = range(batch * RECORDS_PER_BATCH, (batch + 1) * RECORDS_PER_BATCH)
    await log.append(ids.map(id => ({ value: requestOf(partition, id), to: { partition } })))
  }
}

function requestOf(partition: number, id: number): Buffer {
  return encodeRequest({
    ...({
      kind: 'request',
      source: 'gw',
      identity: { kind: 'request_id', id: `request-${partition}-${id}` },
    } as const),
    ...{ clientId: 'fjord', integrationId: '', timeMs: Date.UTC(2026, 10, 1), status: 200 },
    ...{ requestBytes: 1, responseBytes: 1 },
  })
}

/** Turns a bit of a value in the batch at `offset`. */
async function damageBatchAt(
  folder: string,
  topic: string,
  partition: number,
  offset: number,
): Promise<void> {
  const file = await openFile(join(folder, 'data', `${topic}-${partition}`, `${'0'.repeat(20)}.log`), 'r+')
  const bytes = await file.readFile()
  let start = 0
  while (bytes.readBigInt64BE(start) !== BigInt(offset)) start += 12 + bytes.readInt32BE(start + 8)
  const place = start + 100
  await file.write(Buffer.of(bytes.readUInt8(place) ^ 1), 0, 1, place)
  await file.close()
}
