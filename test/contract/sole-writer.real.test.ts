import { EventLogError } from '@forbruk/infra/log/event-log.ts'
import { openSoleWriter } from '@forbruk/infra/log/open-event-log.ts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { backends, numbered, openLog, range, readValues } from '../support/log/backends.ts'

const PARTITIONS = 2

describe.each(backends)('the sole writer of a topic on $name', ({ name, backend, there }) => {
  const openTopic = async (purpose: string) => {
    const topic = uniqueTopic(`${name}-sole-${purpose}`.toLowerCase())
    const log = await openLog(backend, topic, PARTITIONS)
    const openWriter = (installation = 'one') => {
      const writer = openSoleWriter(backend.settings(topic, PARTITIONS), log, installation)
      onTestFinished(() => writer.close())
      return writer
    }
    /** After a claim, since a log may show what was appended a moment later. */
    const readAll = async () => {
      await openWriter().claim()
      const values: string[] = []
      for (const partition of range(0, PARTITIONS)) {
        const { startOffset, endOffset } = await log.bounds(partition)
        values.push(...(await readValues(log, partition, startOffset, endOffset)).values)
      }
      return values
    }
    return { log, openWriter, readAll }
  }

  describe.skipIf(!there)('claims', () => {
    test('what is appended stands where the answer says, one append right after another', async () => {
      const { log, openWriter, readAll } = await openTopic('places')
      const claim = await openWriter().claim()
      const appended = new Map<string, string>()
      for (const turn of range(0, 5)) {
        const records = [
          ...numbered(2, { partition: 1 }, `${turn}a`),
          ...numbered(1, { partition: 0 }, `${turn}b`),
          ...numbered(1, { partition: 1 }, `${turn}c`),
        ]
        const places = await claim.append(records)
        expect(places.map(place => place.partition)).toEqual([1, 1, 0, 1])
        for (const [index, { partition, offset }] of places.entries()) {
          appended.set(`${partition}:${offset}`, String(records[index]?.value))
        }
      }
      expect(await readAll()).toHaveLength(appended.size)
      for (const partition of range(0, PARTITIONS)) {
        const { startOffset, endOffset } = await log.bounds(partition)
        const { values, offsets } = await readValues(log, partition, startOffset, endOffset)
        expect(offsets.map(offset => appended.get(`${partition}:${offset}`))).toEqual(values)
      }
    })

    test('an earlier claim appends nothing more, in whatever process it is', async () => {
      const { openWriter, readAll } = await openTopic('fence')
      const zombie = await openWriter().claim()
      await zombie.append(numbered(1, { partition: 0 }, 'before'))
      const owner = await openWriter().claim()
      await expect(zombie.append(numbered(1, { partition: 0 }, 'zombie'))).rejects.toThrow(
        'Another process has claimed',
      )
      await owner.append(numbered(1, { partition: 0 }, 'owner'))
      await expect(zombie.append(numbered(1, { partition: 0 }, 'again'))).rejects.toThrow(EventLogError)
      expect(await readAll()).toEqual(['before0', 'owner0'])
    })

    test('a writer claims again after it was superseded', async () => {
      const { openWriter, readAll } = await openTopic('again')
      const writer = openWriter()
      const first = await writer.claim()
      await openWriter().claim()
      await expect(first.append(numbered(1, { partition: 0 }))).rejects.toThrow(EventLogError)
      const second = await writer.claim()
      await second.append(numbered(1, { partition: 0 }, 'second'))
      expect(await readAll()).toEqual(['second0'])
    })

    test('a record for a partition that is not there is refused, and nothing of its batch appended', async () => {
      const { openWriter, readAll } = await openTopic('refused')
      const claim = await openWriter().claim()
      const records = [...numbered(1, { partition: 0 }), ...numbered(1, { partition: PARTITIONS })]
      await expect(claim.append(records)).rejects.toThrow(`no partition ${PARTITIONS}`)
      expect(await readAll()).toEqual([])
    })
  })
})
