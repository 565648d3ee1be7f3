import { existsSync, rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Follower, range } from '../../test/support/shipper/follower.ts'
import { lines, NOW_MS, openWorld, type World } from '../../test/support/shipper/shipper-world.ts'
import { acceptLoss } from './accept-loss.ts'

let world: World
let follower: Follower
let path: string
beforeEach(() => {
  world = openWorld()
  follower = new Follower(world)
  path = world.write('a.log', lines(0, 10))
})
afterEach(async () => {
  await follower.close()
  await world.close()
})

/** By the newest mark of each partition. */
async function told() {
  const newest = new Map<number, readonly string[]>()
  for (const event of await world.readAll()) {
    if (event.kind !== 'mark') continue
    const listed = event.obstacles?.listed ?? []
    newest.set(
      event.partition,
      listed.map(({ reason, path }) => `${reason} ${path}`),
    )
  }
  return [...newest.values()]
}
const inAll = (...obstacles: string[]) => [obstacles, obstacles, obstacles, obstacles]

test('every partition is told what stands in the way, and that it was given up', async () => {
  follower.start([path])
  await follower.untilShipped(range(0, 10))
  await follower.stop()
  expect(await told()).toEqual(inAll())
  rmSync(path)
  world.write('a.log', lines(20, 30))
  follower.start([path])
  await follower.untilWarned()
  await follower.stop()
  expect(await told()).toEqual(inAll(`gone ${path}`))

  const who = { reason: 'the disk burned', actor: 'kari', clock: () => NOW_MS }
  await acceptLoss({ stateDir: world.stateDir, source: 'gateway-1', file: path, ...who })
  follower.start([path])
  await follower.untilComplete()
  await follower.stop()
  expect(await told()).toEqual(inAll())
  await follower.expectSound()
})

/** What nobody here can read, in the place of a rotated file. */
async function tellOfXz(): Promise<string> {
  world.write('a.log', '')
  follower.start([path])
  // What lies there before is left alone.
  await expect.poll(() => existsSync(`${world.stateDir}/gateway-1.json`)).toBe(true)
  const packed = world.write('a.log.1.xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04]))
  await follower.untilWarned()
  await follower.stop()
  expect(await told()).toEqual(inAll(`other_compression ${packed}`))
  return packed
}

test('also by a source of which nothing was shipped yet; with what comes out of it, it is out of the way', async () => {
  rmSync(await tellOfXz())
  world.write('a.log.1', lines(0, 5))
  follower.start([path])
  await expect
    .poll(async () => {
      await follower.pass(60_000)
      return told()
    })
    .toEqual(inAll())
  world.append('a.log', lines(5, 10))
  await follower.untilComplete()
  expect((await follower.stop()).obstacles).toEqual([])
  expect(await follower.numbers()).toEqual(range(0, 10))
})

test('a file that is deleted unread stays in the way until it is given up', async () => {
  const packed = await tellOfXz()
  rmSync(packed)
  follower.start([path])
  world.append('a.log', lines(0, 10))
  await follower.untilShipped(range(0, 10))
  for (let hours = 0; hours < 4; hours++) await follower.pass(3_600_000)
  expect((await follower.stop()).obstacles).toMatchObject([{ reason: 'other_compression', path: packed }])
  const who = { reason: 'it was empty', actor: 'kari', clock: () => NOW_MS }
  await acceptLoss({ stateDir: world.stateDir, source: 'gateway-1', file: packed, ...who })
  follower.start([path])
  await follower.untilComplete()
  await follower.stop()
  expect(await told()).toEqual(inAll())
})
