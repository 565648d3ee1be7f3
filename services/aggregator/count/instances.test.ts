import { NO_OBSTACLES, type SourceMark } from '@forbruk/schemas/event/log-event.ts'
import { expect, test } from 'vitest'
import { type HeardInstance, hearMark } from './instances.ts'

const INSTANCES_MAX = 64

const NOBODY = { throughMs: null, obstacles: NO_OBSTACLES }
const MARK = {
  kind: 'mark',
  source: 'gw',
  file: 'f',
  position: 1,
  eventsTotal: 0,
  format: 'combined',
} as const

const by = (id: string, sequence: number, throughMs: number, changed = {}): SourceMark => ({
  ...{ ...MARK, throughMs },
  instance: { id, host: `host-${id}`, run: 'r1', sequence, wasUnnamed: false, ...changed },
})

function hear(marks: readonly SourceMark[], before: Parameters<typeof hearMark>[3] = NOBODY) {
  return marks.reduce<readonly HeardInstance[]>(
    (heard, mark, at) => hearMark(heard, mark, 1_000 + at, before),
    [],
  )
}

const throughs = (heard: readonly HeardInstance[]) => heard.map(each => [each.instance, each.throughMs])

test('each shipper vouches for itself, and a start with the same progress is the same shipper', () => {
  const heard = hear([by('a', 1, 10), by('b', 1, 90), by('a', 2, 20, { run: 'r2' }), by('b', 2, 80)])
  expect(throughs(heard)).toEqual([
    ['a', 20],
    ['b', 90],
  ])
  expect(heard).toMatchObject([
    { host: 'host-a', run: 'r2', sequence: 2, heardMs: 1_002, copies: 0 },
    { host: 'host-b', run: 'r1', sequence: 2, heardMs: 1_003, copies: 0 },
  ])
})

test('marks without an id are one voucher, and nobody is listed while there are no others', () => {
  expect(hear([{ ...MARK, throughMs: 5 }])).toEqual([])
  const heard = hear([by('a', 1, 10), { ...MARK, throughMs: 7 }, { ...MARK, throughMs: 6 }])
  expect(throughs(heard)).toEqual([
    ['a', 10],
    ['unnamed', 7],
  ])
})

test('what was said without an id stands beside a new shipper, and not beside one that was upgraded', () => {
  const obstacles = { total: 1, listed: [{ reason: 'gone', path: '/a', sinceMs: 1 }] }
  const before = { throughMs: 5, obstacles }
  expect(hear([by('a', 1, 10)], before)).toMatchObject([
    { instance: 'unnamed', throughMs: 5, sequence: 0, obstacles },
    { instance: 'a', throughMs: 10 },
  ])
  const upgraded = { wasUnnamed: true }
  expect(throughs(hear([by('a', 1, 10, upgraded)], before))).toEqual([['a', 10]])
  // Somebody else goes on without: neither the first mark of another shipper nor a further one of this speaks for that.
  const beside = [
    by('a', 1, 10, upgraded),
    { ...MARK, throughMs: 3 },
    by('a', 2, 20, upgraded),
    by('b', 1, 9),
  ]
  expect(throughs(hear(beside, before))).toEqual([
    ['unnamed', 3],
    ['a', 20],
    ['b', 9],
  ])
})

test('a number that comes again from another run is of a copy; from the same run it was sent again', () => {
  expect(hear([by('a', 4, 40), by('a', 4, 40), by('a', 3, 30)])).toMatchObject([{ copies: 0, throughMs: 40 }])
  const copied = hear([
    by('a', 4, 40),
    by('a', 3, 30, { run: 'r2' }),
    by('a', 5, 50),
    by('a', 4, 35, { run: 'r2' }),
  ])
  expect(copied).toMatchObject([{ copies: 2, throughMs: 50, copiedThroughMs: 30, run: 'r1', sequence: 5 }])
  const atOnce = hear([by('a', 4, 40, { run: 'r1' }), by('a', 4, 41, { run: 'r2' })])
  expect(atOnce).toMatchObject([{ copies: 1, copiedThroughMs: 41 }])
})

test('of each shipper holds what its newest mark says is in its way', () => {
  const obstacles = { total: 1, listed: [{ reason: 'gone', path: '/a', sinceMs: 1 }] }
  const told = { ...by('a', 1, 10), obstacles }
  expect(hear([told, by('b', 1, 10)]).map(each => each.obstacles.total)).toEqual([1, 0])
  expect(hear([told, by('b', 1, 10), by('a', 2, 10)]).map(each => each.obstacles.total)).toEqual([0, 0])
})

test('of ten thousand containers the longest silent are held together, by the least that one vouched for', () => {
  const marks = Array.from({ length: 10_000 }, (_, at) => by(`c${at}`, 1, at === 7 ? 3 : 100 + at))
  const heard = hear(marks)
  expect(heard).toHaveLength(INSTANCES_MAX + 1)
  expect(heard[0]).toMatchObject({ instance: 'others', throughMs: 3, sequence: 10_000 - INSTANCES_MAX })
  expect(heard.at(-1)).toMatchObject({ instance: 'c9999' })
  // One of them that is heard again is told apart again, and holds those that went before no less.
  const again = hearMark(heard, by('c7', 2, 20_000), 99_999, NOBODY)
  expect(again[0]).toMatchObject({ throughMs: 3, sequence: 10_001 - INSTANCES_MAX })
  expect(again.at(-1)).toMatchObject({ instance: 'c7', throughMs: 20_000 })
})
