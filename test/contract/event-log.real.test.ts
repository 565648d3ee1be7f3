import { type EventLog, EventLogError } from '@forbruk/infra/log/event-log.ts'
import { describe, expect, test } from 'vitest'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { backends, numbered, openLog, range, readValues } from '../support/log/backends.ts'

describe.each(backends)('the event log on $name', ({ name, backend, there }) => {
  const open = (purpose: string, partitionCount = 2) =>
    openLog(backend, uniqueTopic(`${name}-${purpose}`.toLowerCase()), partitionCount)

  describe.skipIf(!there)('appending and reading', () => {
    test('a partition keeps its records in order, with their keys, values and append times', async () => {
      const log = await open('order')
      const beforeMs = Date.now()
      await log.append([
        { to: { partition: 1 }, value: Buffer.from('a') },
        { to: { partition: 0 }, value: Buffer.from('b') },
        { to: { partition: 1 }, value: Buffer.from([0, 255]) },
      ])
      await log.append([{ to: { key: 'øre' }, value: Buffer.alloc(0) }])

      const keyed = (await log.bounds(0)).endOffset === 2 ? 0 : 1
      const { endOffset } = await log.bounds(keyed)
      for await (const { records } of log.read(keyed, endOffset - 1, endOffset)) {
        expect(records).toHaveLength(1)
        expect(records[0]?.key).toEqual(Buffer.from('øre'))
        expect(records[0]?.value).toEqual(Buffer.alloc(0))
        expect(records[0]?.appendTimeMs).toBeGreaterThanOrEqual(beforeMs)
        expect(records[0]?.appendTimeMs).toBeLessThanOrEqual(Date.now())
      }
      for await (const { records, partition } of log.read(1, 0, 2)) {
        expect(partition).toBe(1)
        expect(records.map(record => record.offset)).toEqual([0, 1])
        expect(records.map(record => record.key)).toEqual([null, null])
        expect(records.map(record => record.value)).toEqual([Buffer.from('a'), Buffer.from([0, 255])])
      }
    })

    test('an existing topic keeps its partition count', async () => {
      const log = await open('partitions', 3)
      expect(log.partitionCount).toBe(3)
      expect((await openLog(backend, log.topic, 7)).partitionCount).toBe(3)
    })

    test('bounds begin at nothing and follow what is appended', async () => {
      const log = await open('bounds')
      expect(await log.bounds(0)).toEqual({ startOffset: 0, endOffset: 0 })
      await log.append(numbered(5, { partition: 0 }))
      expect(await log.bounds(0)).toEqual({ startOffset: 0, endOffset: 5 })
      expect(await log.bounds(1)).toEqual({ startOffset: 0, endOffset: 0 })
      await backend.deleteBelow(log.topic, 0, 2)
      expect(await log.bounds(0)).toEqual({ startOffset: 2, endOffset: 5 })
      await expect(log.bounds(2)).rejects.toThrow(EventLogError)
    })

    test('a time is the first offset appended at or after it, or none', async () => {
      const log = await open('time')
      expect(await log.offsetForTime(0, 0)).toBeNull()
      for (const _ of range(0, 4)) {
        await log.append(numbered(2, { partition: 0 }))
        await new Promise(resolve => setTimeout(resolve, 5))
      }
      const times: number[] = []
      for await (const { records } of log.read(0, 0, 8))
        times.push(...records.map(record => record.appendTimeMs))
      for (const timeMs of [0, ...times, ...times.map(time => time + 1), Date.now() + 3_600_000]) {
        const first = times.findIndex(time => time >= timeMs)
        expect(await log.offsetForTime(0, timeMs)).toBe(first === -1 ? null : first)
      }
    })

    test('a range is read exactly, also across batches of the log', async () => {
      const log = await open('range')
      for (const prefix of ['a', 'b', 'c']) await log.append(numbered(10, { partition: 0 }, prefix))
      const part = await readValues(log, 0, 7, 21)
      expect(part.offsets).toEqual(range(7, 21))
      expect(part.values.slice(0, 4)).toEqual(['a7', 'a8', 'a9', 'b0'])
      expect(part.nextOffset).toBe(21)
      expect((await readValues(log, 0, 4, 4)).offsets).toEqual([])
      expect((await readValues(log, 0, 0, 30)).offsets).toEqual(range(0, 30))
    })

    test('a read can be left before its end', async () => {
      const log = await open('left')
      await log.append(numbered(10, { partition: 0 }))
      for await (const batch of log.read(0, 0, 10)) {
        expect(batch.records.length).toBeGreaterThan(0)
        break
      }
      expect((await readValues(log, 0, 5, 10)).offsets).toEqual(range(5, 10))
    })

    test('a range that the log does not hold in full is refused', async () => {
      const log = await open('refused')
      await log.append(numbered(10, { partition: 0 }))
      await backend.deleteBelow(log.topic, 0, 4)
      await expect(readValues(log, 0, 1, 6)).rejects.toThrow('no longer holds the offsets [1, 4)')
      await expect(readValues(log, 0, 5, 12)).rejects.toThrow('ends before offset 12')
    })

    test('records larger than one batch arrive whole and in order; one that is too large is refused', async () => {
      const log = await open('large', 1)
      const sizes = [700_000, 700_000, 1, 1_048_000, 400_000]
      await log.append(sizes.map((size, index) => ({ to: { key: 'k' }, value: Buffer.alloc(size, index) })))
      const seen: number[] = []
      for await (const { records } of log.read(0, 0, 5)) {
        for (const { value } of records) {
          expect(value?.every(byte => byte === seen.length)).toBe(true)
          seen.push(value?.length ?? 0)
        }
      }
      expect(seen).toEqual(sizes)
      await expect(log.append([{ to: { key: 'k' }, value: Buffer.alloc(1_048_576) }])).rejects.toThrow(
        'is too large',
      )
      expect(await log.bounds(0)).toEqual({ startOffset: 0, endOffset: 5 })
    })

    test('two appenders at once leave no gap and keep the order of each', async () => {
      const first = await open('appenders', 1)
      const second = await openLog(backend, first.topic, 1)
      const appendAll = async (log: EventLog, name: string) => {
        for (const round of range(0, 20)) await log.append(numbered(5, { partition: 0 }, `${name}${round}.`))
      }
      await Promise.all([appendAll(first, 'a'), appendAll(second, 'b')])
      const { values, offsets } = await readValues(first, 0, 0, 200)
      expect(offsets).toEqual(range(0, 200))
      for (const name of ['a', 'b']) {
        const expected = range(0, 20).flatMap(round => range(0, 5).map(index => `${name}${round}.${index}`))
        expect(values.filter(value => value.startsWith(name))).toEqual(expected)
      }
    })
  })
})
