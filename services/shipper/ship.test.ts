import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  countOnce,
  FIRST_MS,
  findMarkFaults,
  isFileMark,
  line,
  lines,
  NOW_MS,
  openWorld,
  PARTITION_COUNT,
  type World,
} from '../../test/support/shipper/shipper-world.ts'
import type { ShipProgress } from './send/ship-summary.ts'

let world: World
beforeEach(() => {
  world = openWorld()
})
afterEach(() => world.close())

describe('a file', () => {
  test('is shipped line by line, with positions as identities and a mark in every partition', async () => {
    const path = world.write('a.log', lines(0, 500))
    const summary = await world.ship([path])
    expect(summary).toMatchObject({ lines: 500, events: 500, rejected: 0, blank: 0, stopped: false })
    expect(summary.bytes).toBe(lines(0, 500).length)

    const events = await world.readAll()
    const requests = events.flatMap(event => (event.kind === 'request' ? [event] : []))
    const byPosition = requests.toSorted((one, other) => positionOf(one) - positionOf(other))
    let position = 0
    for (const [number, request] of byPosition.entries()) {
      expect(request).toMatchObject({
        clientId: `client-${number % 7}`,
        requestBytes: 100 + number,
        source: 'gateway-1',
      })
      expect(positionOf(request)).toBe(position)
      position += line(number).length + 1
    }
    const marks = events.filter(isFileMark)
    expect(marks.map(mark => mark.partition)).toEqual([0, 1, 2, 3])
    expect(marks.reduce((sum, mark) => sum + mark.eventsTotal, 0)).toBe(500)
    expect(marks.every(mark => mark.position === position && mark.throughMs === FIRST_MS + 499 * 250)).toBe(
      true,
    )
    expect(findMarkFaults(events)).toEqual([])
  })

  test('is not shipped again while its progress is kept, and goes on when it has grown', async () => {
    const path = world.write('a.log', lines(0, 50))
    await world.ship([path])
    const before = await world.readAll()
    const again = await world.ship([path])
    expect(again).toMatchObject({
      lines: 0,
      files: [{ note: 'nothing_new', resumedFrom: lines(0, 50).length }],
    })
    expect(await world.readAll()).toEqual(before)

    world.append('a.log', lines(50, 80))
    expect(await world.ship([path])).toMatchObject({
      lines: 30,
      files: [{ resumedFrom: lines(0, 50).length }],
    })
    const events = await world.readAll()
    expect(countOnce(events)).toHaveLength(80)
    expect(findMarkFaults(events)).toEqual([])
  })

  test('has the same identities and totals when its progress is lost', async () => {
    const path = world.write('a.log', lines(0, 300))
    await world.ship([path])
    const once = await world.readAll()
    world.forgetProgress()
    expect(await world.ship([path])).toMatchObject({ events: 300 })
    const twice = await world.readAll()
    expect(twice).toHaveLength(2 * once.length)
    expect(countOnce(twice)).toEqual(countOnce(once))
    expect(findMarkFaults(twice)).toEqual([])
  })

  test.each([
    ['compressed', (text: string) => gzipSync(text)],
    [
      'compressed in several members',
      (text: string) =>
        Buffer.concat([
          gzipSync(text.slice(0, 1_000)),
          gzipSync(text.slice(1_000, 1_001)),
          gzipSync(text.slice(1_001)),
        ]),
    ],
    ['copied', (text: string) => text],
  ])('%s under another name is the same file', async (_, change) => {
    const path = world.write('a.log', lines(0, 300))
    await world.ship([path])
    const other = world.write('b', change(lines(0, 400)))
    expect(await world.ship([other])).toMatchObject({
      events: 100,
      files: [{ resumedFrom: lines(0, 300).length }],
    })
    world.forgetProgress()
    await world.ship([other])
    const events = await world.readAll()
    expect(countOnce(events)).toHaveLength(400)
    expect(findMarkFaults(events)).toEqual([])
  })

  test('that is an earlier copy holds nothing new', async () => {
    await world.ship([world.write('a.log', lines(0, 30))])
    for (const content of [lines(0, 20), gzipSync(lines(0, 20))]) {
      const summary = await world.ship([world.write('old.log', content)])
      expect(summary).toMatchObject({ lines: 0, files: [{ note: 'nothing_new' }] })
    }
  })

  test.each([
    ['plain', (text: string) => text],
    ['compressed', (text: string) => gzipSync(text)],
  ])('%s that only begins like another is another, longer or shorter', async (_, change) => {
    await world.ship([world.write('a.log', lines(0, 30))])
    const others = [world.write('b.log', change(lines(0, 1) + lines(100, 140))), world.path('c.log')]
    world.write('c.log', change(lines(0, 2) + lines(200, 203)))
    expect((await world.ship(others)).files.map(({ lines }) => lines)).toEqual([41, 5])
    const events = await world.readAll()
    expect(countOnce(events)).toHaveLength(76)
    expect(findMarkFaults(events)).toEqual([])
    world.forgetProgress()
    await world.ship([world.path('a.log'), ...others])
    expect(countOnce(await world.readAll())).toHaveLength(76)
  })

  test('from standard input has the same identity', async () => {
    await world.ship([world.write('a.log', lines(0, 30))])
    for (const content of [Buffer.from(lines(0, 40)), gzipSync(lines(0, 40))]) {
      const summary = await world.ship(['-'], {
        stdin: Readable.from([content.subarray(0, 1), content.subarray(1)]),
      })
      expect(summary.files).toMatchObject([
        { path: '-', resumedFrom: lines(0, summary.events === 10 ? 30 : 40).length },
      ])
    }
    expect(countOnce(await world.readAll())).toHaveLength(40)
  })

  test('without any content is said to be empty', async () => {
    const summary = await world.ship([world.write('a.log', ''), world.write('b.log', lines(0, 3))])
    expect(summary.files).toMatchObject([
      { note: 'empty', file: null, events: 0 },
      { note: null, events: 3 },
    ])
  })
})

describe('a line that can not be counted is shipped as rejected', () => {
  test('with its reason, at its place, with every other line counted', async () => {
    const sound = line(0)
    const bad = [
      Buffer.alloc(10_000_000, 'x'),
      Buffer.from('{"client_id":"\u00ff"', 'latin1'),
      Buffer.from(sound.slice(0, 60)),
      Buffer.from(sound.replace('"request_length":100', '"request_length":-100')),
      Buffer.from(sound.replace('client-0', '-')),
      Buffer.from('hello ?token=s3cr3t'),
      Buffer.from(''),
    ]
    const content = bad.flatMap((raw, index) => [Buffer.from(`${line(index)}\n`), raw, Buffer.from('\n')])
    const path = world.write('a.log', Buffer.concat([...content, Buffer.from(line(9).slice(0, 40))]))
    expect(await world.ship([path])).toMatchObject({ lines: 15, events: 7, rejected: 7, blank: 1 })

    const events = await world.readAll()
    const rejected = events.flatMap(event => (event.kind === 'rejected_line' ? [event] : []))
    expect(rejected.map(each => [each.reason, each.lineBytes])).toEqual([
      ['line_too_long', 10_000_000],
      ['line_not_utf8', 16],
      ['line_truncated', 60],
      ['bytes_invalid', sound.length + 1],
      ['client_missing', sound.length - 7],
      ['line_not_json', 19],
      ['line_truncated', 40],
    ])
    expect(new Set(rejected.map(each => each.partition)).size).toBe(1)
    expect(JSON.stringify(rejected)).not.toContain('s3cr3t')
    const raw = readFileSync(path)
    for (const each of rejected) expect(raw[each.position - 1]).toBe(0x0a)
    expect(findMarkFaults(events)).toEqual([])
  })

  test('or as blank where the file has a hole, which takes no line with it', async () => {
    const content = `${'\0'.repeat(2_000_000)}${line(0)}\n${line(1).slice(0, 40)}${'\0'.repeat(5_000)}${line(2)}\n`
    expect(await world.ship([world.write('a.log', content)])).toMatchObject({
      events: 2,
      rejected: 1,
      blank: 2,
    })
    const rejected = (await world.readAll()).flatMap(event => (event.kind === 'rejected_line' ? [event] : []))
    expect(rejected).toMatchObject([{ reason: 'line_truncated', lineBytes: 40 }])
    expect(findMarkFaults(await world.readAll())).toEqual([])
  })

  test('even if it is all there is', async () => {
    await world.ship([world.write('a.log', 'hello\n')])
    const events = await world.readAll()
    expect(events.filter(isFileMark)).toHaveLength(PARTITION_COUNT)
    expect(findMarkFaults(events)).toEqual([])
  })
})

describe('a last line without a newline', () => {
  const clientOf = (format: string) => (format === 'combined' ? { client: 'remote_user' } : {})
  const start = '192.0.2.7 - nordlys [01/Oct/2026:00:00:00 +0200] "GET / HTTP/1.1" 200 4567'

  test.each([
    ['nginx-json', line(3), { events: 1, rejected: 0 }],
    ['combined', `${start} "-" "curl/8"`, { events: 1, rejected: 0 }],
    ['combined', start, { events: 0, rejected: 1 }],
    ['combined', start.slice(0, -30), { events: 0, rejected: 1 }],
  ])('of %s: %s', async (format, text, expected) => {
    const path = world.write('a.log', text)
    expect(await world.ship([path], { format: openGatewayFormat(format, clientOf(format)) })).toMatchObject(
      expected,
    )
    const rejected = (await world.readAll()).filter(event => event.kind === 'rejected_line')
    expect(rejected.map(event => event.kind === 'rejected_line' && event.reason)).toEqual(
      expected.rejected === 0 ? [] : ['line_truncated'],
    )
    // Its newline comes later.
    world.append('a.log', '\n')
    expect(await world.ship([path], { format: openGatewayFormat(format, clientOf(format)) })).toMatchObject({
      events: 0,
      rejected: 0,
    })
  })
})

describe('marks', () => {
  const throughs = async () =>
    (await world.readAll()).flatMap(event => (isFileMark(event) ? [event.throughMs] : []))

  test('vouch for no time while another file of the source waits', async () => {
    const newer = world.write('a.log', lines(1_000, 1_010))
    const older = world.write('a.log.1', lines(0, 10))
    await expect(
      world.ship([newer, older, world.write('b.log', gzipSync(lines(20, 30)).subarray(0, 60))]),
    ).rejects.toThrow(/b\.log: its compressed data is cut off or damaged/)
    expect(Math.max(...(await throughs()))).toBeLessThan(FIRST_MS)
    const held = await world.ship([newer, older])
    expect(held.obstacles).toMatchObject([{ reason: 'damaged', path: world.path('b.log') }])
    expect(Math.max(...(await throughs()))).toBeLessThan(FIRST_MS)
    world.write('b.log', gzipSync(lines(20, 30)))
    expect((await world.ship([newer, world.path('b.log')])).obstacles).toEqual([])
    expect(Math.max(...(await throughs()))).toBe(FIRST_MS + 1_009 * 250)
  })

  test('vouch for no time that has not come', async () => {
    const future = line(5).replace(/"msec":"\d+/, `"msec":"${(NOW_MS + 86_400_000) / 1000}`)
    expect(await world.ship([world.write('a.log', `${lines(0, 3)}${future}\n`)])).toMatchObject({ events: 4 })
    expect(new Set(await throughs())).toEqual(new Set([FIRST_MS + 2 * 250]))
  })

  test('are sent on the way through a long file', async () => {
    const path = world.write('a.log', lines(0, 20_000))
    let nowMs = NOW_MS
    await world.ship([path], { clock: () => (nowMs += 1_000) })
    const events = await world.readAll()
    expect(events.filter(event => event.kind === 'mark').length).toBeGreaterThan(2 * PARTITION_COUNT)
    expect(countOnce(events)).toHaveLength(20_000)
  })
})

test('a damaged file is shipped as far as it goes, and goes on when it is mended', async () => {
  const whole = gzipSync(lines(0, 5_000))
  const path = world.write('a.log.gz', whole.subarray(0, whole.length - 2_000))
  await expect(world.ship([path])).rejects.toThrow(/a\.log\.gz: its compressed data is cut off or damaged/)
  const before = await world.readAll()
  expect(countOnce(before).length).toBeGreaterThan(1_000)
  expect(before.every(event => event.kind !== 'rejected_line')).toBe(true)
  world.write('a.log.gz', whole)
  await world.ship([path])
  expect(countOnce(await world.readAll())).toHaveLength(5_000)
})

test('a run that is told to stop ends in good order', async () => {
  const path = world.write('a.log', lines(0, 30_000))
  const stop = new AbortController()
  const summary = await world.ship([path], { signal: stop.signal, onProgress: () => stop.abort() })
  expect(summary.stopped).toBe(true)
  expect(summary.lines).toBeLessThan(30_000)
  const half = await world.readAll()
  expect(countOnce(half)).toHaveLength(summary.lines)
  expect(findMarkFaults(half)).toEqual([])
  expect(await world.ship([path])).toMatchObject({ lines: 30_000 - summary.lines })
})

test('a stream that pauses is shipped as it comes, and can be stopped', async () => {
  const stdin = new Readable({ read() {} })
  const stop = new AbortController()
  const run = world.ship(['-'], { stdin, signal: stop.signal })
  stdin.push(`${lines(0, 3)}{"half`)
  await expect.poll(async () => countOnce(await world.readAll()).length, { timeout: 5_000 }).toBe(3)
  stop.abort()
  expect(await run).toMatchObject({ stopped: true, lines: 3, rejected: 0 })
})

test('progress is told in bytes of the file as it lies on disk', async () => {
  const told: ShipProgress[] = []
  const path = world.write('a.log.gz', gzipSync(lines(0, 2_000)))
  await world.ship([path], { onProgress: progress => told.push(progress) })
  const { bytesTotal } = told[0] ?? {}
  expect(bytesTotal).toBe(readFileSync(path).length)
  expect(told.at(-1)).toEqual({ file: path, bytesRead: bytesTotal, bytesTotal, lines: 2_000 })
})

describe('before anything is shipped it is refused', () => {
  test.each<[string, (world: World) => string[], RegExp]>([
    [
      'a file that is missing',
      world => [world.write('a.log', lines(0, 3)), world.path('b.log')],
      /b\.log: there is no such file/,
    ],
    [
      'a directory',
      world => [world.write('a.log', lines(0, 3)), world.folder],
      /is a directory; expected a log file/,
    ],
    ['no file', () => [], /there is no file to ship/],
  ])('%s', async (_, files, message) => {
    await expect(world.ship(files(world))).rejects.toThrow(message)
    expect(await world.readAll()).toEqual([])
  })

  test('a source that is no name', async () => {
    await expect(world.ship([world.write('a.log', '')], { source: 'a\nb' })).rejects.toThrow(/is no name/)
    expect(existsSync(world.stateDir)).toBe(false)
  })

  test('another format for a file that was begun', async () => {
    const path = world.write('a.log', lines(0, 3))
    await world.ship([path])
    world.append('a.log', lines(3, 4))
    await expect(
      world.ship([path], { format: openGatewayFormat('combined', { client: 'remote_user' }) }),
    ).rejects.toThrow(/was begun as nginx-json and can't go on as combined/)
  })

  test('a second shipper of the source', async () => {
    const stdin = new Readable({ read() {} })
    const stop = new AbortController()
    const first = world.ship(['-'], { stdin, signal: stop.signal })
    mkdirSync(world.stateDir, { recursive: true })
    await expect(world.ship([world.write('a.log', '')])).rejects.toThrow(
      /is being shipped by another process/,
    )
    stop.abort()
    await first
  })
})

function positionOf(event: { identity: { kind: string; position?: number } }): number {
  return event.identity.position ?? -1
}
