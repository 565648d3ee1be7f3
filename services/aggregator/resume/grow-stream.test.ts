import type { Standing } from '@forbruk/infra/ledger/blocks/progress.ts'
import type { OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import type { LogEvent } from '@forbruk/schemas/event/log-event.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { expect, test } from 'vitest'
import { TEST_KEY } from '../../../test/support/aggregator/stream-key.ts'
import { DEFAULT_GEOMETRY, FIRST_TIME_LIMITS, UNSIGNED_VERSION } from '../count/block.ts'
import { GrowthRefusedError, growStream } from './grow-stream.ts'

const { foldVersion, blockSize, windowSize } = DEFAULT_GEOMETRY
const counted: Standing = {
  ...{ nextOffset: 10, foldVersion, ...FIRST_TIME_LIMITS },
  ...{ controlSequence: 0, partitionCount: null },
}

/** A stream of two partitions on a topic that has four, with ten records each. */
async function grow(standings: readonly Standing[], { dryRun = false, isRegistered = true } = {}) {
  const appended: OutgoingRecord[] = []
  const stored = { stream: 'requests', partitionCount: 2, foldVersion, blockSize, windowSize }
  const parts = {
    ledger: {
      readStream: async () => (isRegistered ? stored : null),
      readStandings: async () => new Map(standings.entries()),
      readGrowths: async () => [],
    },
    store: { insert: async () => undefined },
    log: {
      topic: 'requests',
      partitionCount: 4,
      append: async (records: readonly OutgoingRecord[]) => void appended.push(...records),
      bounds: async () => ({ startOffset: 0, endOffset: 10 }),
    },
    openKey: async () => TEST_KEY,
    unsignedVersion: UNSIGNED_VERSION,
    clock: () => 1_000,
  }
  const grown = await growStream(parts, dryRun)
  return { grown, said: appended.map(({ to, value }) => ({ to, ...saidBy(value) })) }
}

/** What is said under the signature. */
function saidBy(value: Buffer): LogEvent {
  const [event] = decodeRecord(value)
  if (event?.kind === 'signed') return event.event
  throw new Error(`a ${event?.kind} without a signature`)
}

test('every partition is told, and a new one by which rules and limits it goes on', async () => {
  const { grown, said } = await grow([counted, counted])
  expect(grown).toEqual({ from: 2, to: 4, waiting: 20, partitionsTold: 4 })
  const kinds = [0, 1, 2, 3].map(partition =>
    said.flatMap(({ to, kind }) => ('partition' in to && to.partition === partition ? [kind] : [])),
  )
  const old = ['stream_growth']
  const added = ['stream_version', 'stream_limits', 'stream_growth']
  expect(kinds).toEqual([old, old, added, added])
  expect(said).toContainEqual({ to: { partition: 2 }, kind: 'stream_limits', ...FIRST_TIME_LIMITS })
})

test('the limits are the newest that any partition was counted with', async () => {
  const limits = { pastMaxMs: 5_000, aheadMaxMs: 7_000 }
  const { said } = await grow([counted, { ...counted, ...limits, controlSequence: 9 }])
  const told = said.filter(({ kind }) => kind === 'stream_limits')
  expect(told).toEqual([2, 3].map(partition => ({ to: { partition }, kind: 'stream_limits', ...limits })))
})

test('nothing is said where everybody knows it, or on a dry run', async () => {
  const knowing = { ...counted, partitionCount: 4 }
  expect(await grow([knowing, knowing, knowing, knowing])).toMatchObject({
    grown: { partitionsTold: 0 },
    said: [],
  })
  expect(await grow([counted, counted], { dryRun: true })).toMatchObject({
    grown: { partitionsTold: 4 },
    said: [],
  })
  await expect(grow([], { isRegistered: false })).rejects.toBeInstanceOf(GrowthRefusedError)
})
