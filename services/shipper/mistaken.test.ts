import { rmSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Follower, range } from '../../test/support/shipper/follower.ts'
import { lines, openWorld, type World } from '../../test/support/shipper/shipper-world.ts'

let world: World
let follower: Follower
let path: string
beforeEach(() => {
  world = openWorld()
  follower = new Follower(world)
  path = world.path('a.log')
})
afterEach(async () => {
  await follower.close()
  await world.close()
})

/** One line was shipped of a file that is gone by now, and another one that begins with that line has its name. */
async function replaceUnread(other: string): Promise<void> {
  world.write('a.log', lines(0, 1))
  follower.start([path])
  await follower.untilShipped([0])
  await follower.stop()
  world.append('a.log', lines(1, 6))
  rmSync(path)
  // This one gets the number that was given back, and not the one after it.
  world.write('other', '')
  world.write('a.log', lines(0, 1) + other)
  follower.start([path])
  await follower.untilWarned(2)
  const reasons = (await follower.stop()).obstacles.map(({ reason }) => reason)
  expect(reasons.toSorted()).toEqual(['alike', 'gone'])
}

test.each([
  ['compressed', (content: string) => world.write('a.log.1.gz', gzipSync(content))],
  ['renamed', (content: string) => world.write('a.log.1', content)],
])('a file that began like one that is gone is not taken for it once it is %s', async (_, rotate) => {
  await replaceUnread(lines(10, 20))
  rmSync(path)
  rotate(lines(0, 1) + lines(10, 20))
  world.write('a.log', lines(30, 32))
  follower.start([path])
  await follower.untilShipped([0, 30, 31])
  await follower.untilWarned(3)
  const { obstacles } = await follower.stop()
  // Also of the one that had the log's name, since nobody has seen what became of it.
  expect(obstacles.map(({ reason }) => reason).toSorted()).toEqual(['alike', 'alike', 'gone'])
  expect(await follower.numbers()).toEqual([0, 30, 31])
  await follower.expectSound()
})

test('of two compressed files that begin like an unread one neither is taken for it', async () => {
  world.write('a.log', lines(0, 1))
  follower.start([path])
  await follower.untilShipped([0])
  await follower.stop()
  rmSync(path)
  world.write('other', '')
  world.write('a.log.2.gz', gzipSync(lines(0, 1) + lines(10, 20)))
  world.write('a.log.1.gz', gzipSync(lines(0, 6)))
  world.write('a.log', lines(30, 32))
  follower.start([path])
  await follower.untilShipped([0, 30, 31])
  await follower.untilWarned(3)
  const { obstacles } = await follower.stop()
  expect(obstacles.map(({ reason }) => reason).toSorted()).toEqual(['alike', 'alike', 'gone'])
  expect(await follower.numbers()).toEqual([0, 30, 31])
})

test('an earlier copy does not stand for a file that is gone', async () => {
  world.write('a.log', lines(0, 20))
  follower.start([path])
  await follower.untilShipped(range(0, 20))
  await follower.stop()
  world.append('a.log', lines(20, 30))
  world.write('a.log.1.gz', gzipSync(lines(0, 10)))
  rmSync(path)
  world.write('a.log', lines(30, 32))
  follower.start([path])
  await follower.untilWarned()
  expect((await follower.stop()).obstacles).toMatchObject([{ reason: 'gone' }])
})

test('the file itself is recognised when it comes back, by as many lines as no other has', async () => {
  world.write('a.log', lines(0, 10))
  follower.start([path])
  await follower.untilShipped(range(0, 10))
  await follower.stop()
  world.append('a.log', lines(10, 20))
  rmSync(path)
  world.write('other', '')
  world.write('a.log', lines(30, 32))
  follower.start([path])
  await follower.untilWarned()
  world.write('a.log.1.gz', gzipSync(lines(0, 20)))
  await follower.untilComplete()
  expect(await follower.numbers()).toEqual([...range(0, 20), 30, 31])
  expect((await follower.stop()).obstacles).toEqual([])
  await follower.expectSound()
})
