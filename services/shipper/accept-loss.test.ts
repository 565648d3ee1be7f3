import { renameSync, rmSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
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

function accept(file: string) {
  const who = { reason: 'the disk burned', actor: 'kari', clock: () => NOW_MS }
  return acceptLoss({ stateDir: world.stateDir, source: 'gateway-1', file, ...who })
}

/** The first file is gone with what was written after byte N. */
async function lose(): Promise<void> {
  world.write('a.log', lines(0, 10))
  follower.start([path])
  await follower.untilShipped(range(0, 10))
  await follower.stop()
  rmSync(path)
  world.write('a.log', lines(20, 30))
  follower.start([path])
  await follower.untilWarned()
  await follower.untilShipped([...range(0, 10), ...range(20, 30)])
}

test('what is given up holds no mark back any longer, and stays recorded', async () => {
  await lose()
  expect((await follower.stop()).obstacles).toMatchObject([
    { reason: 'gone', path, file: expect.any(String) },
  ])
  expect(await follower.throughMs()).toBeLessThan(NOW_MS)
  const settled = { reason: 'the disk burned', actor: 'kari', atMs: NOW_MS }
  expect(await accept(path)).toMatchObject([{ reason: 'gone', path, settled }])

  follower.start([path])
  await follower.untilComplete()
  expect((await follower.stop()).obstacles).toEqual([])
  await expect(accept(path)).rejects.toThrow(/has no obstacle .*; nothing stands in its way/)
})

test('it covers what was seen: a file that changes is another question', async () => {
  world.write('a.log', lines(0, 10))
  follower.start([path])
  await follower.untilShipped(range(0, 10))
  await follower.stop()
  renameSync(path, `${path}.2`)
  const damaged = gzipSync(lines(10, 600)).subarray(0, -9)
  world.write('a.log.1.gz', damaged.subarray(0, 900))
  world.write('a.log', lines(700, 710))
  follower.start([path])
  await follower.untilWarned()
  await follower.stop()
  await accept(`${path}.1.gz`)
  follower.start([path])
  await follower.untilComplete()
  expect(follower.warnings).toHaveLength(1)
  world.write('a.log.1.gz', damaged)
  await expect
    .poll(async () => {
      await follower.pass(10_000)
      return follower.warnings.length
    })
    .toBe(2)
  expect((await follower.stop()).obstacles).toMatchObject([{ reason: 'damaged' }])
})

test('a name that is none is refused, and so is a source that is being shipped', async () => {
  await lose()
  await expect(accept(path)).rejects.toThrow(/is being shipped by another process/)
  await follower.stop()
  await expect(accept('/b.log')).rejects.toThrow(
    /has no obstacle "\/b\.log"; expected one of .*a\.log \(gone\)/,
  )
})
