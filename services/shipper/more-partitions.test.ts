import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  countOnce,
  findMarkFaults,
  isFileMark,
  lines,
  openWorld,
  PARTITION_COUNT,
  type World,
} from '../../test/support/shipper/shipper-world.ts'

let world: World
beforeEach(() => {
  world = openWorld()
})
afterEach(() => world.close())

/** The same topic, before it got its other partitions. */
function before(log: EventLog): EventLog {
  return { ...log, partitionCount: 2 }
}

/** Where requests lie. */
async function partitionsUsed(): Promise<Set<number>> {
  const events = await world.readAll()
  return new Set(events.filter(({ kind }) => kind === 'request').map(({ partition }) => partition))
}

test('a file keeps the partitions it was begun with, and a new one is shared out among all', async () => {
  const path = world.write('a.log', lines(0, 100))
  await world.ship([path], { log: before(world.log) })
  world.append('a.log', lines(100, 200))
  await world.ship([path])
  // It marks the new ones as well, so that its source does not look as if it had come to a halt there.
  expect(await partitionsUsed()).toEqual(new Set([0, 1]))
  expect((await world.readAll()).filter(isFileMark).length).toBe(2 + PARTITION_COUNT)

  const next = world.write('b.log', lines(200, 300))
  await world.ship([path, next])
  const events = await world.readAll()
  expect(countOnce(events)).toHaveLength(300)
  expect(findMarkFaults(events)).toEqual([])
  expect(await partitionsUsed()).toEqual(new Set([0, 1, 2, 3]))
})
