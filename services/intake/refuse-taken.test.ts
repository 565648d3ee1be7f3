import type { LogRecord } from '@forbruk/infra/log/event-log.ts'
import { encodeMark } from '@forbruk/schemas/wire/encode.ts'
import { expect, test } from 'vitest'
import { positionOf } from './place.ts'
import { type ReadableLog, recover } from './recover.ts'
import { refuseTaken } from './refuse-taken.ts'

const PARTITIONS = [0, 1]
const NOW_MS = 1_792_065_600_000

/** Of a source's file: read to this offset; or, of none, an obstacle. */
function markOf(
  source: string,
  partition: number | null,
  offset: number,
  reason: string | null = null,
): Buffer {
  const file = partition === null ? '' : `nginx.lines/${partition}`
  const obstacles = { total: 1, listed: [{ reason: reason ?? '', path: 'nginx.lines', sinceMs: NOW_MS }] }
  return encodeMark({
    ...{ kind: 'mark', source, file, position: positionOf({ offset, index: 0 }), eventsTotal: offset },
    ...{ throughMs: NOW_MS, format: 'nginx-json', ...(reason === null ? {} : { obstacles }) },
  })
}

/** What beginning says where the log holds these, and the topic ends at these offsets. */
async function begin(values: readonly Buffer[], ends: readonly number[]): Promise<void> {
  const records = values.map((value, offset): LogRecord => ({ offset, appendTimeMs: 0, key: null, value }))
  const log: ReadableLog = {
    topic: 'gateway.requests',
    partitionCount: PARTITIONS.length,
    bounds: async partition => ({ startOffset: 0, endOffset: partition === 0 ? records.length : 0 }),
    async *read(partition, fromOffset, toOffset) {
      yield {
        partition,
        records: records.slice(fromOffset, toOffset),
        nextOffset: toOffset,
        endOffset: toOffset,
      }
    },
  }
  const recovered = await recover(
    log,
    'new',
    PARTITIONS.map(partition => `nginx.lines/${partition}`),
  )
  const bounds = async (partition: number) => ({ startOffset: 0, endOffset: ends[partition] ?? 0 })
  return refuseTaken({ topic: 'nginx.lines', bounds }, recovered)
}

test.each<[string, Buffer[]]>([
  ['in part', [markOf('edge', 0, 5)]],
  ['to its end', [markOf('edge', 0, 9), markOf('edge', 1, 9)]],
  ['of which nothing was there yet', [markOf('edge', 1, 0)]],
  [
    'by a source that was halted by lines',
    [markOf('edge', 0, 5), markOf('edge', null, 0, 'mostly_rejected')],
  ],
])('a topic that another source has read %s is refused', async (_, values) => {
  await expect(begin(values, [9, 9])).rejects.toThrow(/nginx.lines is taken in as the source "edge"/)
})

test.each<[string, Buffer[], number[]]>([
  ['nobody has read it', [], [9, 9]],
  ['another has read another topic', [markOf('edge', 7, 5)], [9, 9]],
  ['it ends before what another has read', [markOf('edge', 0, 0), markOf('edge', 1, 10)], [9, 9]],
  [
    'another says that it was made anew',
    [markOf('edge', 0, 5), markOf('edge', null, 0, 'topic_remade')],
    [9, 9],
  ],
  ['it was begun before', [markOf('edge', 0, 5), markOf('new', 0, 0)], [9, 9]],
])('one that %s is read', async (_, values, ends) => {
  await expect(begin(values, ends)).resolves.toBeUndefined()
})
