import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Follower, range } from '../../test/support/shipper/follower.ts'
import { lines, NOW_MS, openWorld, type World } from '../../test/support/shipper/shipper-world.ts'
import { acceptLoss } from './accept-loss.ts'

let world: World
let follower: Follower
let path: string
let archive: string
beforeEach(() => {
  world = openWorld()
  follower = new Follower(world)
  mkdirSync(world.path('log'))
  archive = world.path('archive')
  mkdirSync(archive)
  path = world.write('log/a.log', lines(0, 10))
})
afterEach(async () => {
  await follower.close()
  await world.close()
})

function rotate(to: string, from: number): void {
  renameSync(path, to)
  world.write('log/a.log', lines(from, from + 10))
}

test('what is rotated into a folder that is named beside the log is found there', async () => {
  follower.start([path, archive])
  await follower.untilShipped(range(0, 10))
  await follower.stop()
  world.append('log/a.log', lines(10, 20))
  rotate(`${archive}/a.log.2`, 20)
  rotate(`${archive}/a.log.1`, 30)
  follower.start([path, archive])
  await follower.untilShipped(range(0, 40))
  await follower.untilComplete()
  expect((await follower.stop()).obstacles).toEqual([])
  await follower.expectSound()
})

test('a file that was rotated out of sight while it was read is an obstacle until its folder is named', async () => {
  follower.start([path])
  await follower.untilShipped(range(0, 10))
  rotate(`${archive}/a.log.1`, 10)
  await follower.untilWarned()
  await follower.untilShipped(range(0, 20))
  expect((await follower.stop()).obstacles).toMatchObject([
    { reason: 'neighbour_missing', path, file: expect.any(String) },
  ])
  expect(follower.warnings).toMatchObject([/lies in no folder that is looked at; name its folder/])
  follower.start([path, archive])
  await follower.untilComplete()
  expect((await follower.stop()).obstacles).toEqual([])
})

test('it outlasts a restart, and can be given up', async () => {
  follower.start([path], { timing: { retireAfterMs: 50 } })
  await follower.untilShipped(range(0, 10))
  rotate(`${archive}/a.log.1`, 10)
  await follower.untilWarned()
  await follower.untilShipped(range(0, 20))
  await follower.stop()
  follower.start([path])
  await follower.pass(60_000)
  await follower.pass(60_000)
  expect((await follower.stop()).obstacles).toMatchObject([{ path }])
  const who = { reason: 'it was read', actor: 'kari', clock: () => NOW_MS }
  await acceptLoss({ stateDir: world.stateDir, source: 'gateway-1', file: path, ...who })
  follower.start([path])
  await follower.untilComplete()
  expect((await follower.stop()).obstacles).toEqual([])
})

test('a file that was deleted while it was read has gone nowhere', async () => {
  follower.start([path])
  await follower.untilShipped(range(0, 10))
  rmSync(path)
  world.write('log/a.log', lines(10, 20))
  await follower.untilShipped(range(0, 20))
  await follower.untilComplete()
  expect((await follower.stop()).obstacles).toEqual([])
})

test('a folder without a log, and one that is not there, are refused', async () => {
  await expect(world.ship([archive], { follow: true })).rejects.toThrow(/is a directory; give the log/)
  await expect(world.ship([path, `${archive}x/`], { follow: true })).rejects.toThrow(
    /there is no such folder/,
  )
})
