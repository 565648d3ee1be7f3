import { copyFileSync, rmSync } from 'node:fs'
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
  path = world.path('a.log')
})
afterEach(async () => {
  await follower.close()
  await world.close()
})

const accept = () =>
  acceptLoss({
    ...{ stateDir: world.stateDir, source: 'gateway-1', file: path },
    ...{ reason: 'it was a copy', actor: 'kari', clock: () => NOW_MS },
  })

/** Three lines were shipped, and a file that begins with the same ones has the log's name. */
async function replaceAlike(more: string): Promise<void> {
  world.write('a.log', lines(0, 3))
  follower.start([path])
  await follower.untilShipped(range(0, 3))
  await follower.stop()
  copyFileSync(path, `${path}x`)
  rmSync(path)
  world.write('b.log', '')
  copyFileSync(`${path}x`, path)
  rmSync(`${path}x`)
  world.append('a.log', more)
  follower.start([path])
  await follower.untilWarned()
  expect((await follower.stop()).obstacles).toContainEqual(expect.objectContaining({ reason: 'alike', path }))
}

test('once it is given up, a log that begins like another file is read from where that one ends', async () => {
  await replaceAlike(lines(3, 5))
  await accept()
  follower.start([path])
  await follower.untilShipped(range(0, 5))
  world.append('a.log', lines(5, 20))
  await follower.untilShipped(range(0, 20))
  await follower.untilComplete()
  expect((await follower.stop()).obstacles).toEqual([])
  world.append('a.log', lines(20, 30))
  follower.start([path])
  await follower.untilShipped(range(0, 30))
  await follower.untilComplete()
  expect((await follower.stop()).obstacles).toEqual([])
  await follower.expectSound()
})

test('killed on the way, it goes on from there', async () => {
  await replaceAlike(lines(3, 400))
  await accept()
  follower.start([path], { timing: { markEveryMs: 10_000_000 } })
  await follower.untilShipped(range(0, 400))
  await follower.kill()
  follower.start([path])
  await follower.untilComplete()
  await follower.stop()
  expect(await follower.numbers()).toEqual(range(0, 400))
  await follower.expectSound()
})

test('with nothing of its own it holds no mark back, and is read once it grows', async () => {
  await replaceAlike('')
  await accept()
  follower.start([path])
  await follower.untilComplete()
  world.append('a.log', lines(3, 6))
  await follower.untilShipped(range(0, 6))
  await follower.untilComplete()
  expect((await follower.stop()).obstacles).toEqual([])
  await follower.expectSound()
})
