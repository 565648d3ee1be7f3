import { expect, test } from 'vitest'
import { LogUnavailableError } from '../event-log.ts'
import type { Position } from './fetch-client.ts'
import { readKafka } from './read.ts'

/** Ten offsets to a fetch, each with a record. */
function logOf(fetch: (position: Position) => void) {
  return {
    topic: 'requests',
    fetchBounds: async () => ({ startOffset: 0, endOffset: 30 }),
    client: {
      connect: async () => {},
      leaderOf: () => 1,
      refresh: async () => {},
      async fetch(_: number, positions: readonly Position[]) {
        return positions.map(position => {
          fetch(position)
          const from = position.offset
          const offsets = Array.from({ length: 10 }, (_, index) => from + index)
          const message = { timestamp: '0', key: null, value: null, attributes: 0, size: 0 }
          const batch = {
            ...{ topic: 'requests', partition: 0, highWatermark: '30' },
            messages: offsets.map(offset => ({ ...message, offset: String(offset) })),
            isEmpty: () => false,
            firstOffset: () => String(from),
            lastOffset: () => String(from + 9),
            offsetLag: () => '0',
            offsetLagLow: () => '0',
          }
          return { batch, range: { fetchedFrom: from, nextOffset: from + 10, times: 'of log' as const } }
        })
      },
    },
  }
}

async function read(log: ReturnType<typeof logOf>, fromOffset: number, toOffset: number): Promise<number[]> {
  const offsets: number[] = []
  for await (const batch of readKafka(log, 0, fromOffset, toOffset))
    offsets.push(...batch.records.map(record => record.offset))
  return offsets
}

test('a range is read from its first offset to its last, and no further', async () => {
  const asked: number[] = []
  const log = logOf(({ offset }) => asked.push(offset))
  expect(await read(log, 5, 22)).toEqual(Array.from({ length: 17 }, (_, index) => index + 5))
  expect(asked).toEqual([5, 15])
  expect(await read(log, 5, 5)).toEqual([])
})

test('a leader that is away is asked again, and nothing is left out or comes twice', async () => {
  let fetches = 0
  const log = logOf(() => {
    fetches += 1
    if (fetches === 2) throw new LogUnavailableError('away')
  })
  expect(await read(log, 0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => index))
})

test('what waiting does not mend is thrown', async () => {
  const log = logOf(() => {
    throw new Error('no right')
  })
  await expect(read(log, 0, 20)).rejects.toThrow('no right')
})
