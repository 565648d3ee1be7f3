import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  countOnce,
  findMarkFaults,
  line,
  lines,
  NOW_MS,
  openWorld,
  type World,
} from '../../test/support/shipper/shipper-world.ts'
import type { ShipSummary } from './send/ship-summary.ts'
import type { ShipOptions } from './ship.ts'

let world: World
let stop = new AbortController()
let running: Promise<ShipSummary> | null = null
let warnings: string[] = []

beforeEach(() => {
  world = openWorld()
  warnings = []
})
afterEach(async () => {
  stop.abort()
  await running?.catch(() => undefined)
  running = null
  await world.close()
})

function follow(files: readonly string[], changed: Partial<ShipOptions> = {}): void {
  stop = new AbortController()
  const timing = {
    pollMs: 10,
    markEveryMs: 1_000,
    firstRetryMs: 5,
    retireAfterMs: 100_000,
    ...changed.timing,
  }
  const onWarning = (message: string) => warnings.push(message)
  running = world.ship(files, { follow: true, signal: stop.signal, onWarning, ...changed, timing })
  running.catch(() => undefined)
}

async function stopFollowing(): Promise<ShipSummary> {
  if (running === null) throw new Error('nothing is being followed')
  stop.abort()
  const summary = await running
  running = null
  return summary
}

async function numbersShipped(): Promise<number[]> {
  const events = countOnce(await world.readAll())
  return events
    .flatMap(event => (event.kind === 'request' ? [event.requestBytes - 100] : []))
    .sort((a, b) => a - b)
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

async function untilShipped(numbers: readonly number[]): Promise<void> {
  // A shipper that has failed says why, rather than letting the wait run out.
  const failed = running?.then(() => undefined)
  await Promise.race([failed, expect.poll(numbersShipped, { timeout: 8_000, interval: 20 }).toEqual(numbers)])
}

async function expectSound(): Promise<void> {
  const events = await world.readAll()
  expect(findMarkFaults(events)).toEqual([])
  expect(events.filter(event => event.kind === 'rejected_line')).toEqual([])
}

describe('a log that grows', () => {
  test('is waited for, and shipped line by line as its newlines come', async () => {
    const path = world.path('a.log')
    follow([path])
    await new Promise(resolve => setTimeout(resolve, 50))
    writeFileSync(path, line(0).slice(0, 20))
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(await world.readAll()).toEqual([])
    appendFileSync(path, `${line(0).slice(20)}\n${line(1)}\n${line(2).slice(0, 30)}`)
    await untilShipped([0, 1])
    appendFileSync(path, `${line(2).slice(30)}\n`)
    await untilShipped([0, 1, 2])
    expect(await stopFollowing()).toMatchObject({ stopped: true, events: 3, rejected: 0 })
    await expectSound()
  })

  test('goes on after a restart', async () => {
    const path = world.write('a.log', lines(0, 10))
    follow([path])
    await untilShipped(range(0, 10))
    await stopFollowing()
    const before = await world.readAll()
    world.append('a.log', lines(10, 20))
    follow([path])
    await untilShipped(range(0, 20))
    expect(await stopFollowing()).toMatchObject({ events: 10 })
    expect(countOnce(before)).toHaveLength(10)
    await expectSound()
  })

  test('is shipped beside others of the same source', async () => {
    const paths = [world.write('a.log', lines(0, 10)), world.write('b.log', lines(10, 20))]
    follow(paths)
    await untilShipped(range(0, 20))
    world.append('b.log', lines(20, 30))
    world.append('a.log', lines(30, 40))
    await untilShipped(range(0, 40))
    expect((await stopFollowing()).files).toHaveLength(2)
    await expectSound()
  })
})

describe('marks', () => {
  const throughMs = async () => {
    const marks = (await world.readAll()).flatMap(event => (event.kind === 'mark' ? [event.throughMs] : []))
    return marks.length === 0 ? 0 : Math.max(...marks)
  }

  test('go on while nothing comes, a minute behind the clock', async () => {
    let nowMs = NOW_MS
    follow([world.write('a.log', lines(0, 10))], { clock: () => nowMs })
    await untilShipped(range(0, 10))
    nowMs = NOW_MS + 3_600_000
    await expect.poll(throughMs, { timeout: 5_000 }).toBe(NOW_MS + 3_600_000 - 60_000)
    await stopFollowing()
    await expectSound()
  })

  test('do not go on while half a line waits', async () => {
    let nowMs = NOW_MS
    follow([world.write('a.log', lines(0, 10) + line(10).slice(0, 30))], { clock: () => nowMs })
    await untilShipped(range(0, 10))
    nowMs = NOW_MS + 3_600_000
    await new Promise(resolve => setTimeout(resolve, 100))
    await stopFollowing()
    expect(await throughMs()).toBeLessThan(NOW_MS - 60_000)
  })
})

describe('rotation by rename', () => {
  test('finishes the old file, though the gateway still writes to it, and begins the new one', async () => {
    const path = world.write('a.log', lines(0, 10))
    follow([path])
    await untilShipped(range(0, 10))
    renameSync(path, world.path('a.log.1'))
    world.append('a.log.1', lines(10, 15))
    await untilShipped(range(0, 15))
    writeFileSync(path, lines(15, 20))
    await untilShipped(range(0, 20))
    world.append('a.log.1', lines(20, 25))
    world.append('a.log', lines(25, 30))
    await untilShipped(range(0, 30))
    expect((await stopFollowing()).files.map(file => file.events).sort()).toEqual([10, 20])
    await expectSound()
  })

  test('retires the old file once it is quiet, with its last half line as rejected', async () => {
    const path = world.write('a.log', lines(0, 10) + line(10).slice(0, 30))
    let nowMs = NOW_MS
    const clock = () => (nowMs += 100)
    follow([path], { clock, timing: { retireAfterMs: 50 } })
    await untilShipped(range(0, 10))
    renameSync(path, world.path('a.log.1'))
    writeFileSync(path, lines(11, 12))
    await untilShipped([...range(0, 10), 11])
    const rejected = async () =>
      (await world.readAll()).filter(event => event.kind === 'rejected_line').length
    await expect.poll(rejected, { timeout: 5_000 }).toBe(1)
    await stopFollowing()
    expect(findMarkFaults(await world.readAll())).toEqual([])
  })

  test.each([
    ['renamed', (path: string) => renameSync(path, `${path}.1`)],
    ['renamed by date', (path: string) => renameSync(path, `${path}-20261101`)],
    ['compressed', (path: string) => compress(path, `${path}.1.gz`)],
  ])('while no shipper ran is caught up: %s', async (_, rotate) => {
    const path = world.write('a.log', lines(0, 10))
    follow([path])
    await untilShipped(range(0, 10))
    await stopFollowing()
    world.append('a.log', lines(10, 20))
    rotate(path)
    writeFileSync(path, lines(20, 30))
    follow([path])
    await untilShipped(range(0, 30))
    await stopFollowing()
    await expectSound()
    expect(warnings).toEqual([])
  })

  test('several times while no shipper ran is caught up, and old files are left alone', async () => {
    const path = world.path('a.log')
    world.write('a.log.7', lines(900, 910))
    await new Promise(resolve => setTimeout(resolve, 20))
    world.write('a.log', lines(0, 10))
    follow([path])
    await untilShipped(range(0, 10))
    await stopFollowing()
    world.append('a.log', lines(10, 20))
    compress(path, world.path('a.log.2.gz'))
    world.write('a.log.1', lines(20, 30))
    world.write('a.log', lines(30, 40))
    follow([path])
    await untilShipped(range(0, 40))
    await stopFollowing()
    await expectSound()
  })

  test('warns when the rest of a file is gone', async () => {
    const path = world.write('a.log', lines(0, 10))
    follow([path])
    await untilShipped(range(0, 10))
    await stopFollowing()
    rmSync(path)
    writeFileSync(path, lines(20, 30))
    follow([path])
    await untilShipped([...range(0, 10), ...range(20, 30)])
    await stopFollowing()
    expect(warnings).toEqual([expect.stringMatching(/a\.log: the file shipped through byte \d+ is gone/)])
  })
})

describe('rotation by copying and truncating', () => {
  test.each([
    ['shorter than before', 2],
    ['longer than before', 50],
  ])('begins again at the start, also when the new content is %s', async (_, count) => {
    const path = world.write('a.log', lines(0, 10))
    follow([path])
    await untilShipped(range(0, 10))
    copyFileSync(path, world.path('a.log.1'))
    truncateSync(path)
    appendFileSync(path, lines(10, 10 + count))
    await untilShipped(range(0, 10 + count))
    await stopFollowing()
    await expectSound()
    expect(warnings).toEqual([])
  })

  test('ships from the copy what had not been read', async () => {
    const path = world.write('a.log', lines(0, 10))
    let isDown = false
    const log: EventLog = {
      ...world.log,
      append: records => (isDown ? Promise.reject(new Error('down')) : world.log.append(records)),
    }
    follow([path], { log })
    await untilShipped(range(0, 10))
    isDown = true
    appendFileSync(path, lines(10, 12))
    await expect.poll(() => warnings.length, { timeout: 5_000 }).toBeGreaterThan(2)
    appendFileSync(path, lines(12, 40))
    copyFileSync(path, world.path('a.log.1'))
    truncateSync(path)
    appendFileSync(path, lines(40, 45))
    isDown = false
    await untilShipped(range(0, 45))
    await stopFollowing()
    await expectSound()
    expect(warnings[0]).toMatch(/the event log did not take a batch \(down\); trying again in 5 ms/)
  })
})

describe('what can not be followed is refused', () => {
  test.each([
    ['a directory', () => world.folder, /is a directory/],
    [
      'a compressed file',
      () => world.write('a.log.gz', gzipSync(lines(0, 3))),
      /is compressed, so it will not grow/,
    ],
  ])('%s', async (_, path, message) => {
    follow([path()])
    await expect(running).rejects.toThrow(message)
  })

  test('standard input beside files', async () => {
    follow(['-', world.path('a.log')])
    await expect(running).rejects.toThrow(/standard input \(-\) was given beside files/)
  })
})

function compress(from: string, to: string): void {
  writeFileSync(to, gzipSync(readFileSync(from)))
  rmSync(from)
  expect(existsSync(from)).toBe(false)
}
