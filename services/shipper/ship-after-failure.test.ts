import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  countOnce,
  findMarkFaults,
  isFileMark,
  lines,
  openWorld,
  PARTITION_COUNT,
  type World,
} from '../../test/support/shipper/shipper-world.ts'

let world: World
beforeEach(() => {
  world = openWorld()
})
afterEach(() => world.close())

/** A log whose append fails at some calls, after it has really appended or before. */
function failing(log: EventLog, fails: (call: number) => 'before' | 'after' | 'never'): EventLog {
  let call = 0
  return {
    ...log,
    async append(records) {
      const when = fails(call++)
      if (when === 'before') throw new Error('no broker answers')
      await log.append(records)
      if (when === 'after') throw new Error('the answer got lost')
    },
  }
}

describe('when the log fails', () => {
  const timing = { firstRetryMs: 1 }

  test('now and then, every line is counted once all the same', async () => {
    const path = world.write('a.log', lines(0, 12_000))
    const log = failing(world.log, call => (call % 3 === 0 ? 'before' : call % 3 === 1 ? 'after' : 'never'))
    const warnings: string[] = []
    await world.ship([path], { log, timing, onWarning: message => warnings.push(message) })
    expect(warnings[0]).toBe('the event log did not take a batch (no broker answers); trying again in 1 ms')
    const events = await world.readAll()
    expect(countOnce(events)).toHaveLength(12_000)
    expect(events.length).toBeGreaterThan(12_000 + PARTITION_COUNT)
    expect(findMarkFaults(events)).toEqual([])
  })

  test.each(['before', 'after'] as const)('for good, %s appending, the next run goes on', async when => {
    const path = world.write('a.log', lines(0, 30_000))
    for (const survived of [0, 1, 2, 3]) {
      const log = failing(world.log, call => (call < survived ? 'never' : when))
      await expect(world.ship([path], { log, timing })).rejects.toThrow(
        /asked 6 times: .* What was acknowledged before is saved: ship again/,
      )
    }
    await world.ship([path])
    const events = await world.readAll()
    expect(countOnce(events)).toHaveLength(30_000)
    expect(findMarkFaults(events)).toEqual([])
    expect(events.filter(event => event.kind === 'mark').length).toBeGreaterThanOrEqual(PARTITION_COUNT)
  })

  test('and its progress can not be saved either, the cause is still told first', async () => {
    const path = world.write('a.log', lines(0, 10))
    const log: EventLog = {
      ...world.log,
      async append() {
        // What a full disk does to both, done to the progress by a folder in its place.
        rmSync(join(world.stateDir, 'gateway-1.json'), { recursive: true, force: true })
        mkdirSync(join(world.stateDir, 'gateway-1.json'))
        throw new Error('the disk is full')
      },
    }
    await expect(world.ship([path], { log, timing })).rejects.toThrow(
      /the disk is full.*\. How far that came is not saved \(.*gateway-1\.json.*\): ship again/,
    )
  })

  test('and the process dies before its progress is saved, the next run sends the same again', async () => {
    const path = world.write('a.log', lines(0, 100))
    await world.ship([path])
    const saved = readFileSync(join(world.stateDir, 'gateway-1.json'))
    world.append('a.log', `${lines(100, 200)}broken\n`)
    await world.ship([path])
    writeFileSync(join(world.stateDir, 'gateway-1.json'), saved)
    world.append('a.log', lines(201, 300))
    expect(await world.ship([path])).toMatchObject({ events: 199, rejected: 1 })
    const events = await world.readAll()
    expect(countOnce(events)).toHaveLength(300)
    expect(findMarkFaults(events)).toEqual([])
  })

  test('at the marks alone, the next run sends them', async () => {
    const path = world.write('a.log', lines(0, 10))
    const log = failing(world.log, call => (call === 0 ? 'never' : 'before'))
    await expect(world.ship([path], { log, timing })).rejects.toThrow(/no broker answers/)
    expect((await world.readAll()).filter(isFileMark)).toEqual([])
    expect(await world.ship([path])).toMatchObject({ lines: 0 })
    const events = await world.readAll()
    expect(events.filter(isFileMark)).toHaveLength(PARTITION_COUNT)
    expect(findMarkFaults(events)).toEqual([])
  })
})
