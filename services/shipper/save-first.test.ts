import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isFileMark, lines, openWorld, type World } from '../../test/support/shipper/shipper-world.ts'

let world: World
beforeEach(() => {
  world = openWorld()
})
afterEach(() => world.close())

type Saved = {
  readonly throughMs: number | null
  readonly sequence: number
  readonly files: { file: string; position: number }[]
}

/** What is saved whenever something is about to be appended, beside what that is. */
function spyOnAppends() {
  const seen: { events: ReturnType<typeof decodeRecord>; saved: Saved | null }[] = []
  const log: EventLog = {
    ...world.log,
    async append(records) {
      const path = join(world.stateDir, 'gateway-1.json')
      const saved = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
      seen.push({ events: records.flatMap(record => [...decodeRecord(record.value)]), saved })
      await world.log.append(records)
    },
  }
  return { log, seen }
}

test('that a file was begun is saved before its first line is sent, or a crash would forget it', async () => {
  const { log, seen } = spyOnAppends()
  await world.ship([world.write('a.log', lines(0, 3)), world.write('b.log', lines(10, 13))], { log })
  const requests = seen.flatMap(({ events, saved }) =>
    events.flatMap(event => {
      if (event.kind !== 'request' || event.identity.kind !== 'position') return []
      const { file } = event.identity
      return [saved?.files.some(known => known.file === file)]
    }),
  )
  expect(requests).toEqual(Array.from({ length: 6 }, () => true))
})

test('what a mark says is saved before the mark is sent', async () => {
  const { log, seen } = spyOnAppends()
  await world.ship([world.write('a.log', lines(0, 30))], { log })
  await world.ship([world.write('b.log', lines(100, 130))], { log })
  const marks = seen.flatMap(({ events, saved }) =>
    events.flatMap(event => (isFileMark(event) ? [{ mark: event, saved }] : [])),
  )
  expect(marks.length).toBe(8)
  for (const { mark, saved } of marks) {
    expect(saved?.throughMs).toBe(mark.throughMs)
    expect(saved?.sequence).toBe(mark.instance?.sequence)
    expect(saved?.files.find(({ file }) => file === mark.file)?.position).toBe(mark.position)
  }
})
