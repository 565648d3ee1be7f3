import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readBlockSums, readBlocks } from '@forbruk/infra/ledger/blocks/blocks.ts'
import { readGaps } from '@forbruk/infra/ledger/blocks/gaps.ts'
import { createLedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { readIdentitySums } from '@forbruk/infra/ledger/recognition/identity-sums.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { AcceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import { encodeRequest, encodeStreamVersion } from '@forbruk/schemas/wire/encode.ts'
import { RequestScanner } from '@forbruk/schemas/wire/scan/scan-requests.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TEST_KEY } from '../../../test/support/aggregator/stream-key.ts'
import { checkLedger } from '../audit/check-ledger.ts'
import { replayBlocks } from '../audit/replay-blocks.ts'
import {
  DEFAULT_GEOMETRY,
  FOLD_VERSION,
  FoldVersionError,
  type StreamRules,
  UNSIGNED_VERSION,
} from '../count/block.ts'
import { hashOrigin } from '../count/hash-identity.ts'
import { judgeTime } from '../count/judge-time.ts'
import { PartitionFold } from '../count/partition-fold.ts'
import { findRepeated } from '../recognise/find-repeated.ts'
import { Recogniser } from '../recognise/recogniser.ts'
import { acceptGap } from '../resume/accept-gap.ts'
import { limitTimes } from '../resume/limit-times.ts'
import { resumePartition } from '../resume/resume.ts'
import { countLog } from './count-log.ts'
import { encodeBlock } from './encode-block.ts'
import { flushRows } from './flush.ts'
import { sleep } from './sleep.ts'

/** The store's SQL and a real log; what happens under failures is for test/simulation. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-count-'))
const DAY_MS = 86_400_000
const FIRST: StreamRules = { foldVersion: 1, blockSize: 8, windowSize: 4 }
const SECOND: StreamRules = { foldVersion: 2, blockSize: 4, windowSize: 3 }
const WORDS = { verify: TEST_KEY.verify, unsignedVersion: SECOND }
let store: Store
let nowMs = Date.UTC(2026, 9, 1)

beforeAll(async () => {
  store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
  await migrate(store, MIGRATIONS, () => nowMs)
}, 60_000)

afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

function openLog(topic: string): EventLog {
  const path = join(folder, `${topic}.sqlite`)
  return openEmbeddedLog({ path, topic, partitionCount: 1, clock: () => nowMs })
}

const append = (log: EventLog, ids: readonly string[], timeMs = nowMs) =>
  log.append(
    ids.map(id => ({
      value: encodeRequest({
        ...({ kind: 'request', source: 'gw', identity: { kind: 'request_id', id } } as const),
        ...{ clientId: 'fjord', integrationId: '', timeMs, status: 200 },
        ...{ requestBytes: 1, responseBytes: 1 },
      }),
      to: { partition: 0 },
    })),
  )

function count(log: EventLog, geometry: StreamRules, words = WORDS): Promise<void> {
  const ledger = createLedgerReader(store)
  const foldVersionMax = geometry.foldVersion
  const recogniser = new Recogniser({ ledger, store, log, hashOrigin, findRepeated, hashesMax: 2 })
  return countLog({
    readGroup: async () => 'count',
    ...{ board: null, processName: 'the only one' },
    ...{ log, store, ledger, sleep, geometry, pendingRowsMax: 1_000, untilCaughtUp: true },
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    },
    signal: new AbortController().signal,
    write: flushes => flushRows(store, flushes),
    settle: signal => recogniser.settle(signal),
    clock: () => nowMs,
    epochMs: () => nowMs,
    openKey: async () => TEST_KEY,
    unsignedVersion: words.unsignedVersion,
    resume: (partition, ofNewPartition) =>
      resumePartition({ ledger, store, log, ofNewPartition, foldVersionMax }, partition),
    beginFold: point =>
      new PartitionFold(point, {
        foldVersionMax,
        scanner: new RequestScanner(),
        judge: judgeTime,
        encode: encodeBlock,
        ...words,
      }),
  })
}

async function readLedger(stream: string) {
  const blocks = await readBlocks(store, stream)
  return blocks.map(block => [block.firstOffset, block.nextOffset, block.foldVersion, block.requests])
}

async function findFaults(log: EventLog, gaps: readonly AcceptedGap[] = [], words = WORDS) {
  const blocks = await readBlocks(store, log.topic)
  const sums = await readBlockSums(store, log.topic)
  const identities = await readIdentitySums(store, log.topic, new Map([[0, 0]]))
  const replayed = await replayBlocks(
    { store, log, foldVersionMax: FOLD_VERSION, gaps, words, scanner: new RequestScanner() },
    blocks,
    () => true,
    () => undefined,
  )
  return [...checkLedger(blocks, sums, identities, gaps), ...replayed.findings].map(
    ({ place, message }) => `${place}: ${message}`,
  )
}

test('a block ends with the day, and each is resumed, audited and replayed as it was counted', async () => {
  const log = openLog('days')
  await append(log, ['a', 'b', 'a'])
  await count(log, FIRST)
  nowMs += DAY_MS
  await append(log, ['b', 'c'])
  await count(log, FIRST)
  nowMs += 9 * DAY_MS
  await append(log, ['c', 'd', 'e', 'f'])
  await count(log, FIRST)
  expect(await readLedger('days')).toEqual([
    [0, 3, 1, 2],
    [3, 5, 1, 1],
    [5, 8, 1, 3],
    [8, 9, 1, 1],
  ])
  expect(await findFaults(log)).toEqual([])

  // As if two days were one block.
  await store.command("DELETE FROM block_ledger WHERE stream = 'days' AND block = 3")
  expect(await findFaults(log)).toContain('partition 0, block 5: offsets 3 to 4 before it have no ledger row')
  await store.command(
    `INSERT INTO block_ledger SELECT * REPLACE (5 AS next_offset)
     FROM block_ledger FINAL WHERE stream = 'days' AND block = 0`,
  )
  expect(await findFaults(log)).toContain('partition 0, block 0: nextOffset: 3 from the log, 5 stored')
  await log.close()
}, 60_000)

test('an open block is replayed as it was counted, however far the log has gone on since', async () => {
  const log = openLog('behind')
  await append(log, ['a', 'b', 'a'])
  await count(log, FIRST)
  await append(
    log,
    Array.from({ length: 20 }, (_, index) => `later-${index}`),
  )
  expect(await findFaults(log)).toEqual([])
  await log.close()
}, 60_000)

test('a newer release takes a stream over at a boundary that stands in the log', async () => {
  const log = openLog('versions')
  await append(log, ['a', 'b', 'c'])
  await count(log, FIRST)
  await count(log, SECOND)
  await append(log, ['c', 'a', 'd', 'c'])
  await count(log, SECOND)
  const blocks = [
    [0, 3, 1, 3],
    [3, 4, 2, 0],
    [4, 8, 2, 2],
  ]
  expect(await readLedger('versions')).toEqual(blocks)
  expect(await findFaults(log)).toEqual([])
  await expect(count(log, FIRST)).rejects.toThrow(FoldVersionError)
  await count(log, SECOND)
  expect((await log.bounds(0)).endOffset).toBe(8)
  expect(await readLedger('versions')).toEqual(blocks)
  await log.close()
}, 60_000)

test('limits on times hold from where the log says so, for a stream that began without them as well', async () => {
  const log = openLog('limits')
  const words = { verify: TEST_KEY.verify, unsignedVersion: UNSIGNED_VERSION }
  const limit = (pastMaxMs: number) =>
    limitTimes(
      {
        ...{ ledger: createLedgerReader(store), store, log },
        ...{ openKey: async () => TEST_KEY, clock: () => nowMs, unsignedVersion: words.unsignedVersion },
      },
      { pastMaxMs, aheadMaxMs: DAY_MS },
    )
  await append(log, ['a', 'b'], nowMs - 500 * DAY_MS)
  await count(log, FIRST)
  // The newest version comes before the limits, and with limits of its own.
  expect(await limit(3 * DAY_MS)).toBe(1)
  await append(log, ['b', 'c'], nowMs - 4 * DAY_MS)
  await count(log, DEFAULT_GEOMETRY, words)
  expect(await limit(3 * DAY_MS)).toBe(0)
  expect(await limit(5 * DAY_MS)).toBe(1)
  await append(log, ['d', 'c'], nowMs - 4 * DAY_MS)
  await count(log, DEFAULT_GEOMETRY, words)
  const blocks = (await readBlocks(store, 'limits')).map(block => [
    ...[block.firstOffset, block.foldVersion, (block.pastMaxMs ?? 0) / DAY_MS],
    ...[block.requests, block.duplicates, block.rejected],
  ])
  expect(blocks).toEqual([
    [0, 1, 0, 2, 0, 0],
    // The version that needs no signature, and behind it ours.
    [2, 2, 400, 0, 0, 0],
    [3, 3, 400, 0, 0, 0],
    [4, 3, 3, 0, 1, 1],
    // After the version records that the newer release sent as well.
    [9, 3, 5, 1, 1, 0],
  ])
  expect(await findFaults(log, [], words)).toEqual([])
  await log.close()
}, 60_000)

test('a release without the rules counts up to where the log asks for them, and stops', async () => {
  const log = openLog('older')
  await append(log, ['a', 'b'])
  await count(log, FIRST)
  await append(log, ['c'])
  await log.append([{ value: encodeStreamVersion(SECOND), to: { partition: 0 } }])
  await append(log, ['d'])
  await expect(count(log, FIRST)).rejects.toThrow(
    `from offset 3 on, is counted with fold version ${SECOND.foldVersion}`,
  )
  expect(await readLedger('older')).toEqual([[0, 3, 1, 3]])
  await log.close()
}, 60_000)

test('an accepted gap is a fact of the ledger, and counting goes on behind it', async () => {
  const whole = openLog('lost')
  await append(whole, ['a', 'b'])
  await count(whole, FIRST)
  await append(whole, ['c', 'd', 'a', 'e'])
  // As if retention had taken what was not counted yet.
  const log = { ...whole, bounds: async () => ({ startOffset: 4, endOffset: 6 }) }
  const ports = { ledger: createLedgerReader(store), store, log, clock: () => nowMs }
  const parts = { ...ports, words: WORDS, foldVersionMax: 2 }
  await expect(count(log, FIRST)).rejects.toThrow(/--accept-gap 0:2-4 --reason/)
  const accept = (fromOffset: number, toOffset: number) =>
    acceptGap(parts, { partition: 0, fromOffset, toOffset }, 'disk died')
  await expect(accept(2, 5)).rejects.toThrow('the gap is 0:2-4, not 0:2-5')
  await accept(2, 4)
  await accept(2, 4)
  await count(log, FIRST)
  expect(await readLedger('lost')).toEqual([
    [0, 2, 1, 2],
    [4, 6, 1, 2],
  ])
  const gaps = await readGaps(store, 'lost')
  expect(gaps).toMatchObject([{ partition: 0, fromOffset: 2, toOffset: 4, reason: 'disk died' }])
  expect(await findFaults(whole, gaps)).toEqual([])
  // The blocks before it were lost with it.
  expect(await findFaults(log, gaps)).toEqual([])
  expect(await findFaults(whole)).toContain(
    'partition 0, block 4: offsets 2 to 3 before it have no ledger row',
  )
  await expect(accept(6, 7)).rejects.toThrow('there is no gap to accept')
  await whole.close()
}, 60_000)

test('a rightly signed version that no release has halts counting, until an operator gives it up', async () => {
  const log = openLog('stray')
  await append(log, ['a', 'b'])
  await count(log, SECOND)
  const stray = encodeStreamVersion({ foldVersion: 900, blockSize: 8, windowSize: 4 })
  const unsigned = { value: stray, to: { partition: 0 } }
  const signed = { value: TEST_KEY.sign({ stream: 'stray', partition: 0 }, 1, stray), to: { partition: 0 } }
  await log.append([unsigned, signed, signed])
  await append(log, ['c'])
  await expect(count(log, SECOND)).rejects.toThrow(/fold version 900.*--accept-gap 0:3-4 --reason/)
  const ports = { ledger: createLedgerReader(store), store, log, clock: () => nowMs }
  const accept = (fromOffset: number, toOffset: number) =>
    acceptGap(
      { ...ports, words: WORDS, foldVersionMax: 2 },
      { partition: 0, fromOffset, toOffset },
      'nobody meant it',
    )
  await accept(3, 4)
  await expect(count(log, SECOND)).rejects.toThrow(/fold version 900/)
  await expect(accept(4, 5)).rejects.toThrow('the gap is 0:3-5, not 0:4-5')
  await accept(3, 5)
  await count(log, SECOND)
  expect(await readLedger('stray')).toEqual([
    [0, 3, 2, 2],
    [5, 6, 2, 1],
  ])
  expect(await findFaults(log, await readGaps(store, 'stray'))).toEqual([])
  await log.close()
}, 60_000)
