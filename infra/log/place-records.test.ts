import { expect, test } from 'vitest'
import { EventLogError } from './event-log.ts'
import { placeRecords } from './place-records.ts'

const value = (text: string) => Buffer.from(text)

test('records keep their order within each partition', () => {
  const placed = placeRecords(
    [
      { to: { partition: 1 }, value: value('a') },
      { to: { partition: 0 }, value: value('b') },
      { to: { partition: 1 }, value: value('c') },
    ],
    'requests',
    2,
  )
  expect(placed.get(1)?.map(record => record.value.toString())).toEqual(['a', 'c'])
  expect(placed.get(0)?.map(record => record.value.toString())).toEqual(['b'])
})

test('a key is kept as UTF-8 bytes, a named partition has none', () => {
  const placed = placeRecords(
    [
      { to: { key: 'blåbær' }, value: value('a') },
      { to: { partition: 0 }, value: value('b') },
    ],
    'requests',
    1,
  )
  expect(placed.get(0)?.map(record => record.key)).toEqual([Buffer.from('blåbær'), null])
})

test.each([-1, 2, 0.5, Number.NaN])('partition %s of two is refused by name', partition => {
  expect(() => placeRecords([{ to: { partition }, value: value('a') }], 'requests', 2)).toThrow(
    new EventLogError(`"requests" has no partition ${partition}: it has 2, numbered from 0 to 1.`),
  )
})

test('a record of exactly the largest size is taken, one byte more is refused', () => {
  const largest = Buffer.alloc(1_048_447)
  const to = { key: 'k' }
  expect(placeRecords([{ to, value: largest }], 'requests', 1).get(0)).toHaveLength(1)
  expect(() => placeRecords([{ to, value: Buffer.alloc(1_048_448) }], 'requests', 1)).toThrow(
    'A record of 1048449 bytes for partition 0 of "requests" is too large',
  )
})
