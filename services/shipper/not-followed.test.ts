import { copyFileSync, mkdirSync, renameSync, rmSync, truncateSync, utimesSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { EARLIEST_TIME_MS } from '@forbruk/schemas/event/check-request.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Follower, range } from '../../test/support/shipper/follower.ts'
import {
  FIRST_MS,
  lines,
  NOW_MS,
  openWorld,
  PARTITION_COUNT,
  type World,
} from '../../test/support/shipper/shipper-world.ts'
import { acceptLoss } from './accept-loss.ts'

/** A log that is shipped now and then, as by cron, and written and rotated in between. */
let world: World
let seen: Follower
let path: string
beforeEach(async () => {
  world = openWorld()
  seen = new Follower(world)
  path = world.write('a.log', lines(0, 60))
  utimesSync(path, new Date(NOW_MS), new Date(NOW_MS - 7_200_000))
  await world.ship([path])
  world.append('a.log', lines(60, 90))
})
afterEach(async () => {
  await seen.close()
  await world.close()
})

const at = (number: number) => FIRST_MS + number * 250
/** As if it had been written long ago. */
const settle = (name: string) => utimesSync(world.path(name), new Date(NOW_MS), new Date(NOW_MS - 3_600_000))

describe('what came to a log after it was shipped, and before it was rotated,', () => {
  const compress = (name: string) => {
    world.write(`${name}.gz`, gzipSync(lines(0, 90)))
    rmSync(world.path(name))
  }

  test.each<[string, () => void]>([
    ['is read where it was renamed to', () => renameSync(path, `${path}.1`)],
    ['is read where it was compressed', () => [renameSync(path, `${path}.1`), compress('a.log.1')]],
    ['is read where it was copied', () => [copyFileSync(path, `${path}.1`), truncateSync(path)]],
    [
      'is read under any name beside it',
      () => [mkdirSync(world.path('old')), renameSync(path, world.path('old/october'))],
    ],
    [
      'is read with what came and went since',
      () => [renameSync(path, `${path}.2`), world.write('a.log.1', lines(90, 95))],
    ],
  ])('%s', async (name, rotate) => {
    rotate()
    for (const each of ['a.log.1', 'a.log.2', 'old/october']) {
      try {
        settle(each)
      } catch {
        // Not every rotation makes each of them.
      }
    }
    world.write('a.log', lines(100, 110))
    const summary = await world.ship([path])
    expect(summary.obstacles).toEqual([])
    const unseen = name.endsWith('since') ? range(90, 95) : []
    expect(await seen.numbers()).toEqual([...range(0, 90), ...unseen, ...range(100, 110)])
    expect(await seen.throughMs()).toBe(at(109))
    await seen.expectSound()
    // Nothing is looked for any more.
    rmSync(`${path}.1`, { force: true })
    expect((await world.ship([path])).obstacles).toEqual([])
  })

  test('is an obstacle where it is found nowhere, until it is shipped by its name', async () => {
    const elsewhere = `${world.folder}-elsewhere`
    renameSync(path, elsewhere)
    world.write('a.log', lines(100, 110))
    expect((await world.ship([path])).obstacles).toMatchObject([{ reason: 'gone', path }])
    expect(await seen.throughMs()).toBe(at(59))
    expect((await world.ship([path])).obstacles).toHaveLength(1)
    expect((await world.ship([elsewhere, path])).obstacles).toEqual([])
    expect(await seen.numbers()).toEqual([...range(0, 90), ...range(100, 110)])
    expect(await seen.throughMs()).toBe(at(109))
    rmSync(elsewhere)
  })

  test('holds the marks back while its gateway may still write to it', async () => {
    renameSync(path, `${path}.1`)
    world.write('a.log', lines(100, 110))
    expect((await world.ship([path])).obstacles).toMatchObject([{ reason: 'unfinished', path: `${path}.1` }])
    expect(await seen.numbers()).toEqual([...range(0, 90), ...range(100, 110)])
    expect(await seen.throughMs()).toBe(at(59))
    world.append('a.log.1', lines(90, 92))
    settle('a.log.1')
    expect((await world.ship([path])).obstacles).toEqual([])
    expect(await seen.numbers()).toEqual([...range(0, 92), ...range(100, 110)])
    expect(await seen.throughMs()).toBe(at(109))
  })

  test('is missed as well where only another log is shipped', async () => {
    const other = world.write('b.log', lines(200, 210))
    expect((await world.ship([other])).obstacles).toMatchObject([{ reason: 'unfinished', path }])
    expect(await seen.throughMs()).toBe(at(59))
    expect((await world.ship([path, other])).obstacles).toEqual([])
    expect(await seen.throughMs()).toBe(at(209))
  })

  test('is missed as well once the log is followed', async () => {
    rmSync(path)
    world.write('a.log', lines(100, 110))
    seen.start([path])
    await seen.untilWarned()
    expect((await seen.stop()).obstacles).toMatchObject([{ reason: 'gone', path }])
    expect(await seen.throughMs()).toBe(at(59))
  })
})

test('a numbered file that is shipped each day, and then deleted, was whole', async () => {
  const daily = world.write('b.log.1', lines(200, 210))
  settle('b.log.1')
  await world.ship([path, daily])
  rmSync(daily)
  world.write('b.log.1', lines(210, 220))
  settle('b.log.1')
  expect((await world.ship([path, daily])).obstacles).toEqual([])
  expect(await seen.throughMs()).toBe(at(219))
})

test('what is given up of a file is what was not shipped by then', async () => {
  const half = async () => {
    const stop = new AbortController()
    await world.ship([path], { signal: stop.signal, onProgress: () => stop.abort() })
  }
  await half()
  const other = world.write('b.log', lines(200_000, 200_010))
  world.write('a.log', lines(0, 30_000))
  await half()
  expect((await world.ship([other])).obstacles).toMatchObject([{ reason: 'unfinished', path }])
  const { stateDir } = world
  const word = { stateDir, source: 'gateway-1', reason: 'lost', actor: 'kari', clock: () => NOW_MS }
  await acceptLoss({ ...word, file: path })
  expect((await world.ship([other])).obstacles).toEqual([])
  world.append('a.log', lines(30_000, 60_000))
  await half()
  expect((await world.ship([other])).obstacles).toMatchObject([{ reason: 'unfinished', path }])
})

test('an obstacle beside a log that was followed outlasts a run that ships the log', async () => {
  await world.ship([path])
  world.write('a.log.1.gz', gzipSync(lines(300, 900)).subarray(0, -200))
  seen.start([path])
  await seen.untilWarned()
  expect((await seen.stop()).obstacles).toMatchObject([{ reason: 'damaged', path: `${path}.1.gz` }])
  const through = await seen.throughMs()
  world.append('a.log', lines(90, 95))
  expect((await world.ship([path])).obstacles).toMatchObject([{ reason: 'damaged' }])
  expect(await seen.throughMs()).toBe(through)
})

describe('marks', () => {
  const throughs = async () =>
    (await world.readAll()).flatMap(event => (event.kind === 'mark' ? [event.throughMs] : []))

  test('on the way through a file vouch for nothing: what is behind may be of any time', async () => {
    world.forgetProgress()
    const file = world.write('b.log', lines(20_000, 20_001) + lines(0, 19_999))
    let nowMs = NOW_MS
    await world.ship([file], { clock: () => (nowMs += 20_000) })
    const told = await throughs()
    expect(told.length).toBeGreaterThan(4 * PARTITION_COUNT)
    // The run before it, and its own end.
    const vouched = told.filter(ms => ms !== EARLIEST_TIME_MS).sort()
    expect(vouched).toEqual([
      ...Array(PARTITION_COUNT).fill(at(59)),
      ...Array(PARTITION_COUNT).fill(at(20_000)),
    ])
  })

  test('are a minute behind the clock at least: a gateway writes through buffers', async () => {
    world.append('a.log', lines(10_000, 10_010))
    await world.ship([path], { clock: () => at(10_009) + 10_000 })
    expect(await seen.throughMs()).toBe(at(10_009) + 10_000 - 60_000)
  })
})
