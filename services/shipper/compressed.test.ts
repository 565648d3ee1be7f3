import { copyFileSync, renameSync, truncateSync } from 'node:fs'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Follower, range } from '../../test/support/shipper/follower.ts'
import {
  countOnce,
  findMarkFaults,
  line,
  lines,
  openWorld,
  type World,
} from '../../test/support/shipper/shipper-world.ts'
import { acceptLoss } from './accept-loss.ts'

let world: World
beforeEach(() => {
  world = openWorld()
})
afterEach(() => world.close())

test('a file compressed by Zstandard, in several frames, is the same file', async () => {
  const content = Buffer.from(lines(0, 300))
  await world.ship([world.write('a.log', lines(0, 100))])
  const frames = [content.subarray(0, 999), content.subarray(999)].map(part => zstdCompressSync(part))
  expect(await world.ship([world.write('a.log.zst', Buffer.concat(frames))])).toMatchObject({
    files: [{ resumedFrom: lines(0, 100).length }],
  })
  const events = await world.readAll()
  expect(countOnce(events)).toHaveLength(300)
  expect(findMarkFaults(events)).toEqual([])
})

test.each([
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04]],
  ['bzip2', [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18, 0x64, 0x40, 0xa7, 0x6d]],
  ['zip', [0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0x00, 0x00]],
])('what is compressed by %s is refused, and never shipped as text', async (compression, magic) => {
  const path = world.write('a.log.x', Buffer.concat([Buffer.from(magic), Buffer.from('\nmore\n')]))
  await expect(world.ship([path])).rejects.toThrow(
    `a.log.x: is compressed by ${compression}, which is not read`,
  )
  expect(await world.readAll()).toEqual([])
})

test('an empty file that is called compressed is cut off, not empty', async () => {
  for (const start of [Buffer.alloc(0), gzipSync(lines(0, 3)).subarray(0, 1)]) {
    await expect(world.ship([world.write('a.log.gz', start)])).rejects.toThrow(/a\.log\.gz: .*cut off/)
  }
})

test('a rotated file that is compressed otherwise is an obstacle, and the log is followed on', async () => {
  const follower = new Follower(world)
  const path = world.write('a.log', lines(0, 3))
  follower.start([path])
  await follower.untilShipped(range(0, 3))
  world.write('a.log.1.xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04]))
  await follower.untilWarned()
  world.append('a.log', lines(3, 6))
  await follower.untilShipped(range(0, 6))
  expect((await follower.stop()).obstacles).toMatchObject([
    { reason: 'other_compression', path: world.path('a.log.1.xz'), file: null },
  ])
})

test.each([
  ['compressed', 'a.log.1.gz', gzipSync],
  ['plain', 'a.log.1', (text: string) => text],
])(
  'half a line at the end of a %s copy is not sent where an earlier run may have sent all of it',
  async (_, name, pack) => {
    const follower = new Follower(world)
    const path = world.write('a.log', lines(0, 10))
    follower.start([path])
    await follower.untilShipped(range(0, 10))
    world.append('a.log', lines(10, 11))
    await follower.untilShipped(range(0, 11))
    await follower.kill()
    renameSync(path, world.path('elsewhere'))
    world.write(name, pack(`${lines(0, 10)}${line(10).slice(0, 20)}`))
    world.write('a.log', lines(11, 13))
    follower.start([path], { timing: { retireAfterMs: 20 } })
    await follower.untilShipped(range(0, 13))
    await follower.untilWarned()
    expect((await follower.stop()).obstacles).toMatchObject([
      {
        reason: 'damaged',
        path: world.path(name),
        detail: expect.stringMatching(/ends in half a line/),
      },
    ])
    await follower.expectSound()

    // It outlasts a restart, is found under its next name, and goes away with the whole line.
    renameSync(world.path(name), world.path(name.replace('.1', '.2')))
    world.write('a.log.1', lines(0, 1) + lines(20, 22))
    follower.start([path], { timing: { retireAfterMs: 20 } })
    await follower.untilShipped([0, ...range(0, 13), 20, 21].toSorted((a, b) => a - b))
    expect((await follower.stop()).obstacles).toMatchObject([{ reason: 'damaged' }])
    world.write(name.replace('.1', '.2'), pack(lines(0, 11)))
    follower.start([path], { timing: { retireAfterMs: 20 } })
    await follower.untilComplete()
    expect((await follower.stop()).obstacles).toEqual([])
    await follower.expectSound()
  },
)

test('half a line at the end of a copy, compressed too, holds the marks back until both are given up', async () => {
  const follower = new Follower(world)
  const path = world.write('a.log', lines(0, 10))
  follower.start([path])
  await follower.untilShipped(range(0, 10))
  world.append('a.log', lines(10, 11))
  await follower.untilShipped(range(0, 11))
  await follower.kill()
  renameSync(path, world.path('elsewhere'))
  const half = `${lines(0, 10)}${line(10).slice(0, 20)}`
  const copies = [world.write('a.log.1', half), world.write('a.log.1.gz', gzipSync(half))]
  world.write('a.log', lines(11, 13))
  const timing = { retireAfterMs: 20 }
  follower.start([path], { timing })
  // Of the first the tail tells, of the second the look at what lies beside it, which is not to end.
  await follower.untilWarned(3)
  for (let hours = 0; hours < 6; hours++) await follower.pass(3_600_000)
  expect((await follower.stop()).obstacles).toMatchObject(
    copies.map(path => ({ reason: 'damaged', path, detail: expect.stringMatching(/ends in half a line/) })),
  )
  const who = { reason: 'it was sent', actor: 'kari', clock: () => follower.nowMs }
  for (const file of copies) await acceptLoss({ stateDir: world.stateDir, source: 'gateway-1', file, ...who })
  follower.start([path], { timing })
  await follower.untilComplete()
  expect((await follower.stop()).obstacles).toEqual([])
  await follower.expectSound()
})

test('half a line at the end of a plain copy is rejected where this run knows that it was never whole', async () => {
  const follower = new Follower(world)
  const path = world.write('a.log', lines(0, 5))
  follower.start([path])
  await follower.untilShipped(range(0, 5))
  await follower.stop()
  world.append('a.log', `${lines(5, 10)}${line(10).slice(0, 20)}`)
  follower.start([path], { timing: { retireAfterMs: 20 } })
  await follower.untilShipped(range(0, 10))
  copyFileSync(path, world.path('a.log.1'))
  truncateSync(path)
  world.append('a.log', lines(11, 13))
  await follower.untilShipped([...range(0, 10), 11, 12])
  await follower.untilComplete()
  expect((await follower.stop()).obstacles).toEqual([])
  const events = await world.readAll()
  expect(countOnce(events).filter(({ kind }) => kind === 'rejected_line')).toHaveLength(1)
  expect(findMarkFaults(events)).toEqual([])
})

test('half a line at the end of a copy is the log’s own, whole, where that goes on', async () => {
  const follower = new Follower(world)
  const path = world.write('a.log', '')
  follower.start([path])
  await follower.pass(2_000)
  await follower.stop()
  world.append('a.log', lines(0, 12))
  world.write('a.log.1', `${lines(0, 10)}${line(10).slice(0, 20)}`)
  follower.start([path], { timing: { retireAfterMs: 20 } })
  await follower.untilComplete()
  expect(await follower.numbers()).toEqual(range(0, 12))
  expect((await follower.stop()).obstacles).toEqual([])
  await follower.expectSound()
})

test('half a line at the end of a copy is that of a longer copy, whole, beside it', async () => {
  const follower = new Follower(world)
  const path = world.write('a.log', '')
  follower.start([path])
  await follower.pass(2_000)
  await follower.stop()
  world.write('a.log.2', `${lines(0, 10)}${line(10).slice(0, 20)}`)
  world.write('a.log.1', lines(0, 15))
  world.append('a.log', lines(20, 22))
  follower.start([path], { timing: { retireAfterMs: 20 } })
  await follower.untilComplete()
  expect(await follower.numbers()).toEqual([...range(0, 15), 20, 21])
  expect((await follower.stop()).obstacles).toEqual([])
  await follower.expectSound()
})

test('half a line that is all of a file, and of its compressed copy, is sent once', async () => {
  const follower = new Follower(world)
  const half = line(7).slice(0, 20)
  follower.start([world.write('a.log', lines(0, 3))], { timing: { retireAfterMs: 20 } })
  await follower.untilShipped(range(0, 3))
  world.write('a.log.1.gz', gzipSync(half))
  world.write('a.log.1', half)
  await follower.untilComplete()
  expect((await follower.stop()).obstacles).toEqual([])
  const events = await world.readAll()
  expect(countOnce(events).filter(({ kind }) => kind === 'rejected_line')).toHaveLength(1)
  expect(findMarkFaults(events)).toEqual([])
})

test('of two files that are the same half a line it is told that they are alike', async () => {
  const follower = new Follower(world)
  follower.start([world.write('a.log', lines(0, 3))], { timing: { retireAfterMs: 20 } })
  await follower.untilShipped(range(0, 3))
  for (const name of ['a.log.1', 'a.log.2']) world.write(name, line(7).slice(0, 20))
  await follower.untilWarned()
  expect((await follower.stop()).obstacles).toMatchObject([{ reason: 'alike' }])
})

const UTF16 = Buffer.from(`\ufeff${lines(0, 3)}`, 'utf16le')

test.each<[string, string, Buffer]>([
  ['a log', 'a.log', UTF16],
  ['one without a byte order mark', 'a.log', UTF16.subarray(2)],
  ['a compressed one', 'a.log.1.gz', gzipSync(UTF16)],
])('%s of UTF-16 is refused whole', async (_what, name, content) => {
  await expect(world.ship([world.write(name, content)])).rejects.toThrow(
    /is UTF-16, of which nothing was read/,
  )
  const events = await world.readAll()
  expect(events.filter(({ kind }) => kind !== 'mark')).toEqual([])
})

test('a log that turns out to be UTF-16 while it is followed is no log', async () => {
  const following = world.ship([world.write('a.log', '')], { follow: true })
  world.write('a.log', UTF16)
  await expect(following).rejects.toThrow(/is UTF-16/)
})
