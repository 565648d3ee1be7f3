import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Delivery } from './deliver.ts'
import type { Fetched } from './fetch-client.ts'

/** A subscription that notes what it is told; `finish` ends the delivery that has begun. */
function begin(receive: (note: (text: string) => void) => Promise<void> = async () => {}) {
  const notes: string[] = []
  const ending = Promise.withResolvers<void>()
  const note = (text: string) => void notes.push(text)
  const delivery = new Delivery(0, 0, {
    async receive(batch) {
      note(`receive to ${batch.nextOffset}`)
      await receive(note)
      await ending.promise
      note(`received to ${batch.nextOffset}`)
    },
    halt: async () => {},
    onRoom: () => note('room'),
    fail: reason => note(`fail ${reason}`),
  })
  return { delivery, notes, finish: ending.resolve }
}

/** A fetch of the offsets from `from` to `to`, the last of which has a record. */
function fetched(from: number, to: number): Fetched {
  const last = String(to - 1)
  return {
    batch: {
      ...{ topic: 'requests', partition: 0, highWatermark: '100' },
      messages: [{ offset: last, timestamp: '0', key: null, value: null, attributes: 0, size: 0 }],
      isEmpty: () => false,
      firstOffset: () => String(from),
      lastOffset: () => last,
      offsetLag: () => '0',
      offsetLagLow: () => '0',
    },
    range: { fetchedFrom: from, nextOffset: to, times: 'of log' },
  }
}

test('a fetch is taken at once and delivered a turn later, the next one only after it', async () => {
  const { delivery, notes, finish } = begin()
  delivery.take(fetched(0, 10))
  expect(delivery.fetchOffset).toBe(10)
  expect(notes).toEqual([])
  delivery.take(fetched(10, 20))
  // No third before the first is delivered.
  expect(delivery.fetchOffset).toBeNull()
  await setImmediate()
  await setImmediate()
  expect(notes).toEqual(['receive to 10'])
  expect(delivery.restingAt).toBeNull()
  finish()
  await expect.poll(() => delivery.restingAt).toBe(20)
  expect(notes).toEqual([
    'receive to 10',
    'received to 10',
    'room',
    'receive to 20',
    'received to 20',
    'room',
  ])
})

test('what is taken and not begun is not delivered once the partition is given up', async () => {
  const { delivery, notes } = begin()
  delivery.take(fetched(0, 10))
  await delivery.end()
  delivery.take(fetched(10, 20))
  expect(notes).toEqual(['room'])
})

test('the end waits for what is being delivered', async () => {
  const { delivery, notes, finish } = begin()
  delivery.take(fetched(0, 10))
  await setImmediate()
  const ended = delivery.end().then(() => notes.push('ended'))
  await setImmediate()
  expect(notes).toEqual(['receive to 10'])
  finish()
  await ended
  expect(notes).toEqual(['receive to 10', 'received to 10', 'room', 'ended'])
})

test('a fetch from elsewhere is dropped', () => {
  const { delivery } = begin()
  delivery.take(fetched(5, 10))
  expect(delivery.fetchOffset).toBe(0)
})

test('a fetch that gets nowhere is an error, not a loop', () => {
  const { delivery } = begin()
  expect(() => delivery.take(fetched(0, 0))).toThrow('where it was asked from 0 on')
})

test('what the consumer throws is told, once', async () => {
  const { delivery, notes } = begin(() => Promise.reject(new Error('gap')))
  delivery.take(fetched(0, 10))
  delivery.take(fetched(10, 20))
  await setImmediate()
  await delivery.end()
  expect(notes).toEqual(['receive to 10', 'fail Error: gap', 'room', 'room'])
})
