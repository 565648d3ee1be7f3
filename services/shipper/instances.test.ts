import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceMark } from '@forbruk/schemas/event/log-event.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lines, openWorld, PARTITION_COUNT, type World } from '../../test/support/shipper/shipper-world.ts'

let world: World
beforeEach(() => {
  world = openWorld()
})
afterEach(() => world.close())

const marks = async () =>
  (await world.readAll()).flatMap((event): SourceMark[] => (event.kind === 'mark' ? [event] : []))
const ids = async () => new Set((await marks()).map(({ instance }) => instance?.id))
const saved = (): Record<string, unknown> =>
  JSON.parse(readFileSync(join(world.stateDir, 'gateway-1.json'), 'utf8'))

test('each run says who it is before its first line, with a number that is higher than any before', async () => {
  const path = world.write('a.log', lines(0, 40))
  await world.ship([path])
  world.append('a.log', lines(40, 80))
  await world.ship([path], { host: 'gw-2.example' })
  for (let partition = 0; partition < PARTITION_COUNT; partition++) {
    const events = (await world.readAll()).filter(event => event.partition === partition)
    expect(events[0]).toMatchObject({ kind: 'mark', file: '', instance: { host: 'gw-1.example' } })
    const second = events.findIndex(event => event.kind === 'mark' && event.instance?.host === 'gw-2.example')
    expect(events[second]).toMatchObject({ file: '', instance: { sequence: 3, wasUnnamed: false } })
    expect(events[second - 1]).toMatchObject({
      kind: 'mark',
      instance: { host: 'gw-1.example', sequence: 2 },
    })
  }
  expect((await ids()).size).toBe(1)
  expect(new Set((await marks()).map(({ instance }) => instance?.run)).size).toBe(2)
})

test('a shipper whose progress was deleted is another one', async () => {
  const path = world.write('a.log', lines(0, 3))
  await world.ship([path])
  world.forgetProgress()
  world.append('a.log', lines(3, 6))
  await world.ship([path])
  expect((await ids()).size).toBe(2)
})

test('two that are started at once on one progress are one: the other is refused', async () => {
  const path = world.write('a.log', lines(0, 2_000))
  const ended = await Promise.allSettled([world.ship([path]), world.ship([path])])
  expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await world.ship([path])
  expect((await ids()).size).toBe(1)
})

test('a progress from before there were ids gets one, and speaks for what was said without', async () => {
  const path = world.write('a.log', lines(0, 3))
  await world.ship([path])
  const { instance: _, sequence: __, ...older } = saved()
  writeFileSync(join(world.stateDir, 'gateway-1.json'), JSON.stringify(older))
  world.append('a.log', lines(3, 6))
  await world.ship([path])
  await world.ship([world.write('b.log', lines(6, 9)), path])
  const upgraded = (await marks()).filter(({ instance }) => instance?.wasUnnamed)
  expect(new Set(upgraded.map(({ instance }) => instance?.id)).size).toBe(1)
  expect(saved().instance).toMatchObject({ wasUnnamed: true })
})

test('a machine may call itself anything', async () => {
  await world.ship([world.write('a.log', lines(0, 3))], { host: '' })
  await world.ship([world.write('b.log', lines(3, 6))], { host: `gw\u001b[2J\u202e${'x'.repeat(300)}` })
  const hosts = new Set((await marks()).map(({ instance }) => instance?.host))
  expect(hosts).toEqual(new Set(['?', `…${'x'.repeat(255)}`]))
})
