import type { HeardInstance } from '@forbruk/aggregator/count/instances.ts'
import { NO_OBSTACLES } from '@forbruk/schemas/event/log-event.ts'
import { beforeAll, expect, test } from 'vitest'
import { Random } from '../../../test/simulation/random.ts'
import { completeThrough, type Settled } from '../../../test/support/aggregator/complete-through.ts'
import { openMigrated } from '../../../test/support/store/open-migrated.ts'
import { insertValues } from '../../store/insert-values.ts'
import type { Store } from '../../store/store.ts'
import { instanceRetirement } from '../../store/tables/instance-retirement.ts'
import { type SourceRow, sourceLedger } from '../../store/tables/source-ledger.ts'
import { sourceRetirement } from '../../store/tables/source-retirement.ts'
import { stream as streamTable } from '../../store/tables/stream.ts'
import { readSources } from './sources.ts'

const START_MS = Date.parse('2026-10-01T00:00:00Z')
let store: Store

beforeAll(async () => {
  const opened = await openMigrated()
  store = opened.store
  return opened.close
}, 60_000)

const shipped = (source: string, number: number, fields: Partial<SourceRow> = {}): SourceRow => ({
  ...{ stream: 'sources', partition: 0, source, file: 'a.log', block: number, events: 3, duplicates: 0 },
  ...{ marks: 1, highPosition: 90, eventsSoFar: 3, markPosition: 100, markEventsTotal: 5, eventsAtMark: 3 },
  ...{ throughMs: START_MS, format: 'combined', obstacles: [], obstaclesTotal: 0, instances: [] },
  lastOffset: number,
  ...fields,
})

const heard = (instance: string, sequence: number, throughMs: number, fields = {}) => ({
  ...{ instance, host: `host-${instance}`, run: 'r1', sequence, throughMs, heardMs: START_MS + sequence },
  ...{ copies: 0, copiedThroughMs: 0, obstacles: [], obstaclesTotal: 0, ...fields },
})

test('a source is complete through the least of what its standing shippers vouch for', async () => {
  const stream = 'shippers'
  await insertValues(store, streamTable, [
    { stream, partitionCount: 2, blockSize: 8, windowSize: 4, foldVersion: 3 },
  ])
  const told = (partition: number, block: number, instances: readonly ReturnType<typeof heard>[]) =>
    shipped('gw1', block, { stream, partition, file: '', events: 0, eventsSoFar: 0, instances })
  const hour = 3_600_000
  const [a, b] = [heard('a', 4, START_MS + 2 * hour), heard('b', 90_000_000, START_MS + 5 * hour)]
  await insertValues(store, sourceLedger, [
    shipped('gw1', 0, { stream, throughMs: START_MS + 9 * hour }),
    shipped('gw1', 0, { stream, partition: 1, throughMs: START_MS + 9 * hour }),
    told(0, 0, [heard('a', 1, START_MS)]),
    told(0, 8, [a, b]),
    told(1, 0, [heard('a', 3, START_MS + hour), b]),
    shipped('gw2', 0, { stream }),
    shipped('gw2', 0, { stream, partition: 1 }),
  ])
  const look = async () =>
    (await readSources(store, stream)).map(({ throughMs, obstacles, retired, instances }) => ({
      hours: throughMs === null ? null : (throughMs - START_MS) / hour,
      inTheWay: obstacles.listed.map(({ reason, path }) => `${reason} ${path}`),
      retired: retired?.reason ?? null,
      standing: instances.filter(each => each.retired === null).map(each => each.instance),
    }))
  const silent = 'instance_silent a on host-a'
  const gw2 = { hours: 0, inTheWay: [], retired: null, standing: [] }
  expect(await look()).toEqual([{ hours: 1, inTheWay: [silent], retired: null, standing: ['a', 'b'] }, gw2])

  const word = { stream, source: 'gw1', reason: 'scrapped', actor: 'me', copies: 0, throughMs: START_MS }
  const retire = (instance: string, sequence: number, retiredAtMs: number, copies = 0) =>
    insertValues(store, instanceRetirement, [{ ...word, instance, sequence, retiredAtMs, copies }])
  await retire('a', 4, START_MS)
  expect(await look()).toEqual([{ hours: 5, inTheWay: [], retired: null, standing: ['b'] }, gw2])
  // Where none is left, what was vouched for stays so, and a later month waits.
  await retire('b', 90_000_000, START_MS)
  expect(await look()).toEqual([{ hours: 5, inTheWay: [], retired: null, standing: [] }, gw2])
  await insertValues(store, sourceRetirement, [
    {
      stream,
      source: 'gw1',
      reason: 'all gone',
      actor: 'me',
      retiredAtMs: START_MS + 1,
      missing: 4,
      events: 6,
      throughMs: START_MS + 5 * hour,
    },
  ])
  expect(await look()).toMatchObject([{ retired: 'all gone' }, {}])
  // Heard again, it stands again, be it that it vouches for nothing more.
  await insertValues(store, sourceLedger, [told(0, 16, [b, heard('a', 5, START_MS + 2 * hour)])])
  expect(await look()).toEqual([{ hours: 1, inTheWay: [], retired: null, standing: ['a'] }, gw2])

  const copied = heard('a', 90_000_007, START_MS + 8 * hour, {
    copies: 2,
    copiedThroughMs: START_MS + 3 * hour,
  })
  const both = (block: number) => [0, 1].map(partition => told(partition, block, [b, copied]))
  await insertValues(store, sourceLedger, both(24))
  const inTheWay = ['progress_copied a on host-a']
  expect(await look()).toEqual([{ hours: 3, inTheWay, retired: null, standing: ['a'] }, gw2])
  await retire('a', 90_000_007, START_MS + 2, 2)
  expect(await look()).toMatchObject([{ hours: 8, standing: [] }, {}])
})

/** What two partitions may have of a source, and what people may have said of it. */
function pickSource(random: Random) {
  const ids = ['a', 'b', 'unnamed', 'others'].filter(() => random.chance(0.6))
  const pick = (instance: string): HeardInstance => ({
    ...{ instance, host: '', run: 'r', obstacles: NO_OBSTACLES },
    ...{ sequence: random.between(0, 4), throughMs: START_MS + random.between(0, 9), heardMs: START_MS },
    ...{ copies: random.between(0, 2), copiedThroughMs: START_MS + random.between(0, 9) },
  })
  const partitions = [0, 1].map(() => ({
    heard: ids.filter(() => random.chance(0.7)).map(pick),
    throughMs: random.chance(0.95) ? START_MS + random.between(0, 9) : null,
  }))
  const words = ids
    .filter(() => random.chance(0.5))
    .map((instance): [string, Settled] => [
      instance,
      { sequence: random.between(0, 4), copies: random.between(0, 2) },
    ])
  return { partitions, settled: new Map(words) }
}

test('the view says what the definition does, whatever the partitions have heard', async () => {
  const stream = 'random'
  await insertValues(store, streamTable, [
    { stream, partitionCount: 2, blockSize: 8, windowSize: 4, foldVersion: 3 },
  ])
  const random = new Random(7)
  const sources = Array.from({ length: 300 }, (_, number) => ({
    source: `s${number}`,
    ...pickSource(random),
  }))
  const rows = sources.flatMap(({ source, partitions }) =>
    partitions.flatMap(({ heard, throughMs }, partition) => {
      const instances = heard.map(({ obstacles: _, ...each }) => ({
        ...each,
        obstacles: [],
        obstaclesTotal: 0,
      }))
      return [
        shipped(source, 0, { stream, partition, throughMs }),
        shipped(source, 0, { stream, partition, file: '', throughMs: null, instances }),
      ]
    }),
  )
  await insertValues(store, sourceLedger, rows)
  const said = sources.flatMap(({ source, settled }) =>
    [...settled].map(([instance, word]) => ({
      ...{
        stream,
        source,
        instance,
        retiredAtMs: START_MS,
        throughMs: START_MS,
        reason: 'gone',
        actor: 'me',
      },
      ...word,
    })),
  )
  await insertValues(store, instanceRetirement, said)
  const found = new Map(
    (await readSources(store, stream)).map(({ source, throughMs }) => [source, throughMs]),
  )
  const expected = sources.map(({ source, partitions, settled }) => [
    source,
    completeThrough(partitions, settled),
  ])
  expect([...found].sort()).toEqual(expected.sort())
})
