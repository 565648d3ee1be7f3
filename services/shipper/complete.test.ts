import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, utimesSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Follower, range } from '../../test/support/shipper/follower.ts'
import { lines, NOW_MS, openWorld, type World } from '../../test/support/shipper/shipper-world.ts'

/** Whatever happens to the files, each line is shipped, or the marks go no further. */
let world: World
let follower: Follower
let path: string
const HOUR_MS = 3_600_000

beforeEach(() => {
  world = openWorld()
  follower = new Follower(world)
  path = world.path('a.log')
})
afterEach(async () => {
  await follower.close()
  await world.close()
})

/** Everything was seen, so the source is complete up to a minute ago. */
async function expectComplete(): Promise<void> {
  await follower.untilComplete()
  expect((await follower.stop()).obstacles).toEqual([])
  expect(follower.warnings).toEqual([])
  await follower.expectSound()
}

test('killed before it had said how far it was, then a rotation: nothing is forgotten', async () => {
  world.write('a.log', lines(0, 30))
  follower.start([path])
  await follower.untilShipped(range(0, 30))
  await follower.kill()
  world.append('a.log', lines(30, 60))
  renameSync(path, `${path}.1`)
  world.write('a.log', lines(60, 95))
  follower.start([path])
  await follower.untilShipped(range(0, 95))
  await expectComplete()
})

test('a log of a few lines is copied and truncated, time and again', async () => {
  world.write('a.log', lines(0, 5))
  follower.start([path], { timing: { retireAfterMs: 20 } })
  await follower.untilShipped(range(0, 5))
  for (const from of [5, 9, 13]) {
    if (from > 5) {
      world.write('a.log.2.gz', gzipSync(readFileSync(`${path}.1`)))
      rmSync(`${path}.1`)
    }
    copyFileSync(path, `${path}.1`)
    truncateSync(path)
    world.append('a.log', lines(from, from + 4))
    await follower.untilShipped(range(0, from + 4))
    await follower.untilComplete()
  }
  await expectComplete()
})

test('copies that are numbered upwards lack none', async () => {
  world.write('a.log', '')
  follower.start([path])
  for (const number of [1, 2, 3]) {
    world.append('a.log', lines(number * 40, number * 40 + 40))
    await follower.untilShipped(range(40, number * 40 + 40))
    copyFileSync(path, `${path}.${number}`)
    truncateSync(path)
  }
  await expectComplete()
})

test.each([
  ['while it runs', async () => undefined],
  [
    'while it is stopped',
    async () => {
      await follower.stop()
    },
  ],
])('lines appended to a rotated file that is compressed then are read, %s', async (_, before) => {
  world.write('a.log', lines(0, 50))
  follower.start([path], { timing: { retireAfterMs: 30 } })
  await follower.untilShipped(range(0, 50))
  renameSync(path, `${path}.1`)
  world.write('a.log', lines(50, 60))
  await follower.untilShipped(range(0, 60))
  await follower.pass(2_000)
  await before()
  world.append('a.log.1', lines(60, 65))
  world.append('a.log', lines(65, 70))
  world.write('a.log.2.gz', gzipSync(readFileSync(`${path}.1`)))
  renameSync(path, `${path}.1`)
  world.write('a.log', lines(70, 80))
  await follower.close()
  follower.start([path])
  await follower.untilShipped(range(0, 80))
  await expectComplete()
})

describe('a rotated file that is damaged, or was not written to its end,', () => {
  const whole = gzipSync(lines(0, 60))

  beforeEach(async () => {
    world.write('a.log', lines(0, 30))
    follower.start([path])
    await follower.untilShipped(range(0, 30))
    await follower.stop()
    world.write('a.log.1.gz', whole.subarray(0, whole.length / 2))
    world.write('a.log', lines(60, 61))
    follower.start([path])
    await expect.poll(async () => (await follower.numbers()).includes(60), { timeout: 5_000 }).toBe(true)
  })

  test('holds the marks back until it is whole', async () => {
    await follower.untilWarned()
    expect(await follower.throughMs()).toBeLessThan(NOW_MS)
    expect(follower.warnings).toEqual([expect.stringMatching(/a\.log\.1\.gz: .* cut off or damaged/)])
    expect((await follower.stop()).obstacles).toMatchObject([{ reason: 'damaged', path: `${path}.1.gz` }])

    follower.start([path])
    await follower.pass(HOUR_MS)
    expect(await follower.throughMs()).toBeLessThan(NOW_MS)
    world.write('a.log.1.gz', whole)
    await follower.pass(HOUR_MS)
    await follower.untilShipped(range(0, 61))
    await follower.untilComplete()
    expect((await follower.stop()).obstacles).toEqual([])
    await follower.expectSound()
  })
})

describe('a log that is replaced', () => {
  test('by one of the same size between two looks is seen', async () => {
    world.write('a.log', lines(10, 40))
    follower.start([path])
    await follower.untilShipped(range(10, 40))
    copyFileSync(path, `${path}.1`)
    truncateSync(path)
    world.append('a.log', lines(40, 70))
    expect(lines(40, 70).length).toBe(lines(10, 40).length)
    await follower.untilShipped(range(10, 70))
    await expectComplete()
  })

  test.each([
    ['shorter', 5],
    ['longer', 55],
  ])('by one that begins with the same line and is %s is another one', async (_, count) => {
    world.write('a.log', lines(0, 51))
    follower.start([path])
    await follower.untilShipped(range(0, 51))
    renameSync(path, `${path}.1`)
    world.write('a.log', lines(0, 1) + lines(100, 100 + count))
    await follower.untilShipped([...range(0, 51), 0, ...range(100, 100 + count)])
    await follower.stop()
    world.append('a.log', lines(200, 210))
    follower.start([path])
    await follower.untilShipped([...range(0, 51), 0, ...range(100, 100 + count), ...range(200, 210)])
    await expectComplete()
  })

  test('by one that begins alike holds the marks back until it can be told apart', async () => {
    world.write('a.log', lines(0, 20))
    follower.start([path])
    await follower.untilShipped(range(0, 20))
    renameSync(path, `${path}.1`)
    world.write('a.log', lines(0, 1))
    await follower.untilWarned()
    expect(await follower.throughMs()).toBeLessThan(NOW_MS)
    expect(follower.warnings).toEqual([
      expect.stringMatching(/a\.log: begins like .*a\.log, which was shipped/),
    ])
    world.append('a.log', lines(30, 31))
    await follower.untilShipped([...range(0, 20), 0, 30])
    expect((await follower.stop()).obstacles).toEqual([])
    await follower.expectSound()
  })
})

test('a rotated file that was never seen is read, however old it looks', async () => {
  world.write('a.log', lines(0, 10))
  follower.start([path])
  await follower.untilShipped(range(0, 10))
  await follower.stop()
  renameSync(path, `${path}.2`)
  world.write('a.log.1', lines(10, 20))
  utimesSync(`${path}.1`, new Date(2020, 1), new Date(2020, 1))
  world.write('a.log', lines(20, 30))
  follower.start([path])
  await follower.untilShipped(range(0, 30))
  await expectComplete()
})

test.each([
  ['a.log-20261101', 'a.log-20261102.gz'],
  ['a-20261101.log', 'a-20261102.log.gz'],
  ['20261101-a.log', '20261102-a.log.gz'],
  ['a.log.1.old', 'a.log.old'],
  ['old/a.log.2', 'old/a.log.1.gz'],
])('rotated into %s and %s while no shipper ran', async (first, second) => {
  world.write('a.log', lines(0, 10))
  follower.start([path])
  await follower.untilShipped(range(0, 10))
  await follower.stop()
  mkdirSync(world.path('old'))
  world.append('a.log', lines(10, 20))
  renameSync(path, world.path(first))
  const content = lines(20, 30)
  world.write(second, second.endsWith('.gz') ? gzipSync(content) : content)
  world.write('a.log', lines(30, 40))
  follower.start([path])
  await follower.untilShipped(range(0, 40))
  await expectComplete()
})

test('what was begun is found under any name', async () => {
  world.write('a.log', lines(0, 10))
  follower.start([path])
  await follower.untilShipped(range(0, 10))
  await follower.stop()
  world.append('a.log', lines(10, 20))
  world.write('kept.gz', gzipSync(readFileSync(path)))
  rmSync(path)
  world.write('other.log', lines(900, 910))
  world.write('a.log', lines(30, 40))
  follower.start([path])
  await follower.untilShipped([...range(0, 20), ...range(30, 40)])
  await expectComplete()
})

test('a hole between two numbered files holds the marks back', async () => {
  world.write('a.log', lines(0, 10))
  follower.start([path])
  await follower.untilShipped(range(0, 10))
  await follower.stop()
  renameSync(path, `${path}.2`)
  world.write('a.log', lines(20, 30))
  follower.start([path], { timing: { retireAfterMs: 20 } })
  await follower.untilShipped([...range(0, 10), ...range(20, 30)])
  for (let hours = 0; hours < 4; hours++) await follower.pass(HOUR_MS)
  expect((await follower.stop()).obstacles).toMatchObject([{ reason: 'neighbour_missing', path }])
  expect(await follower.throughMs()).toBeLessThan(NOW_MS)

  // Without the file on its other side the hole is not to be seen, and not filled.
  rmSync(`${path}.2`)
  follower.start([path])
  for (let hours = 0; hours < 4; hours++) await follower.pass(HOUR_MS)
  expect((await follower.stop()).obstacles).toMatchObject([{ reason: 'neighbour_missing', path }])
  expect(await follower.throughMs()).toBeLessThan(NOW_MS)
})
