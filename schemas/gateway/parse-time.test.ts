import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileTime } from './parse-time.ts'

const parseSeconds = compileTime('unix_s')
const parseIso8601 = compileTime('iso8601')
const parseTimeLocal = compileTime('local')

const instant = fc.integer({ min: 0, max: 4_102_444_799_999 })
const offsetMinutes = fc.integer({ min: -14 * 60, max: 14 * 60 })

test('seconds with milliseconds are exact, quoted or not', () => {
  fc.assert(
    fc.property(instant, timeMs => {
      const text = `${Math.floor(timeMs / 1000)}.${String(timeMs % 1000).padStart(3, '0')}`
      expect(parseSeconds(text)).toBe(timeMs)
      expect(parseSeconds(JSON.parse(text))).toBe(timeMs)
    }),
  )
})

test.each([
  ['1759269600', 1_759_269_600_000],
  ['1759269600.5', 1_759_269_600_500],
  ['1759269600.9999', 1_759_269_600_999],
])('%s seconds', (text, timeMs) => expect(parseSeconds(text)).toBe(timeMs))

test.each([
  ['-1.000'],
  ['1759269600.'],
  ['.5'],
  ['1e9'],
  ['0x10'],
  [' 1'],
  ['1 '],
  [''],
  [null],
  [{}],
  [Number.NaN],
  [1e21],
])('%j is no number of seconds', value => expect(parseSeconds(value)).toBeNull())

function pad(number: number): string {
  return String(number).padStart(2, '0')
}

function renderOffset(minutes: number, colon: string): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}${colon}${pad(size % 60)}`
}

test('ISO 8601 times keep their offset exactly', () => {
  fc.assert(
    fc.property(instant, offsetMinutes, fc.constantFrom(':', ''), (timeMs, minutes, colon) => {
      const civil = new Date(timeMs + minutes * 60_000).toISOString().slice(0, -1)
      expect(parseIso8601(`${civil}${renderOffset(minutes, colon)}`)).toBe(timeMs)
    }),
  )
})

test.each([
  ['2026-10-01T00:00:00+02:00', Date.UTC(2026, 8, 30, 22)],
  ['2026-10-25T02:30:00+01:00', Date.UTC(2026, 9, 25, 1, 30)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
])('%s', (text, timeMs) => expect(parseIso8601(text)).toBe(timeMs))

test.each([
  ['2026-10-01T00:00:00'],
  ['2026-02-29T00:00:00Z'],
  ['2026-13-01T00:00:00Z'],
  ['2026-10-01T24:00:00Z'],
  ['2026-10-01T00:60:00Z'],
  ['2026-10-01T00:00:60Z'],
  ['2026-10-01T00:00:00+15:00'],
  ['2026-10-01 00:00:00Z'],
  [5],
])('%j is no ISO 8601 time', value => expect(parseIso8601(value)).toBeNull())

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

test('local times of a log keep their offset exactly', () => {
  fc.assert(
    fc.property(instant, offsetMinutes, (timeMs, minutes) => {
      const wholeMs = timeMs - (timeMs % 1000)
      const civil = new Date(wholeMs + minutes * 60_000)
      const day = `${pad(civil.getUTCDate())}/${MONTHS[civil.getUTCMonth()]}/${civil.getUTCFullYear()}`
      const text = `${day}:${civil.toISOString().slice(11, 19)} ${renderOffset(minutes, '')}`
      expect(parseTimeLocal(text)).toBe(wholeMs)
    }),
  )
})

test.each([
  ['31/Feb/2026:00:00:00 +0000'],
  ['01/Okt/2026:00:00:00 +0200'],
  ['1/Oct/2026:00:00:00 +0200'],
  [''],
])('%j is no local time', text => expect(parseTimeLocal(text)).toBeNull())
