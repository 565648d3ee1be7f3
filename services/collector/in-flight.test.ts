import { expect, test } from 'vitest'
import { InFlight } from './in-flight.ts'

const open = () => new InFlight({ inFlightBytesMax: 100, inFlightBytesMaxOfSource: 60, inFlightBytesMin: 10 })

test('there is room for so much of all, and for less of one source', () => {
  const inFlight = open()
  const first = inFlight.reserve('a', 50)
  expect(first).not.toBeNull()
  expect(inFlight.reserve('a', 11)).toBeNull()
  expect(inFlight.reserve('a', 1)).not.toBeNull()
  expect(inFlight.reserve('b', 40)).not.toBeNull()
  expect(inFlight.reserve('c', 1)).toBeNull()
  first?.release()
  expect(inFlight.bytes).toBe(50)
  expect(inFlight.reserve('c', 50)).not.toBeNull()
})

test('a small body takes room as well, and what it has come to is held', () => {
  const inFlight = open()
  const reservation = inFlight.reserve('a', 0)
  expect(inFlight.bytes).toBe(10)
  reservation?.hold(95)
  expect(inFlight.reserve('b', 0)).toBeNull()
  reservation?.hold(3)
  expect(inFlight.bytes).toBe(10)
  reservation?.release()
  reservation?.release()
  expect(inFlight.bytes).toBe(0)
})
