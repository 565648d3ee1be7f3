import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { expect, test } from 'vitest'
import { encodeJson } from './encode-json.ts'
import { EventGenerator } from './generate-events.ts'

const EVENTS = 20_000

function generate(seed: number) {
  const generator = new EventGenerator(seed, Date.UTC(2026, 9, 12))
  return { generator, events: Array.from({ length: EVENTS }, () => generator.next()) }
}

test('the same seed gives the same events, another seed others', () => {
  expect(generate(1).events).toEqual(generate(1).events)
  expect(generate(2).events).not.toEqual(generate(1).events)
})

test('both encodings hold the event that the aggregator decodes', () => {
  for (const event of generate(3).events.slice(0, 500)) {
    expect(decodeRecord(encodeJson(event))).toEqual([event])
    expect(decodeRecord(encodeRequest(event))).toEqual([event])
  }
})

test('the totals are those of the events, with and without copies', () => {
  const { generator, events } = generate(4)
  const ids = events.flatMap(event => (event.identity.kind === 'request_id' ? [event.identity.id] : []))
  const copies = ids.length - new Set(ids).size
  expect(copies / EVENTS).toBeGreaterThan(0.005)
  expect(copies / EVENTS).toBeLessThan(0.015)
  expect(generator.totalsOfAll().requests).toBe(EVENTS)
  expect(generator.totalsOfAdmitted().requests).toBe(EVENTS - copies)
  expect(generator.totalsOfAll().requestBytes).toBe(
    events.reduce((sum, event) => sum + event.requestBytes, 0),
  )
})

test('a JSON record has about 230 bytes', () => {
  const bytes = generate(5).events.map(event => encodeJson(event).length)
  const mean = bytes.reduce((sum, size) => sum + size, 0) / EVENTS
  expect(mean).toBeGreaterThan(215)
  expect(mean).toBeLessThan(245)
})
