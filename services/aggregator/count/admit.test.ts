import type { EventIdentity } from '@forbruk/schemas/event/log-event.ts'
import { ScannedRequest } from '@forbruk/schemas/wire/scan/scanned-request.ts'
import { spellOrigin } from '@forbruk/schemas/wire/scan/spell-request.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Admission, SourceFile, SourceFiles } from './admit.ts'

const request = (id: string) => ({ kind: 'request_id', id }) as const
const line = (file: string, position: number) => ({ kind: 'position', file, position }) as const

function isDuplicate(admission: Admission, source: string, identity: EventIdentity, offset: number): boolean {
  const spelled = new ScannedRequest()
  spellOrigin({ source, identity }, spelled)
  return admission.isDuplicate(spelled, admission.sources.of(spelled), offset)
}

describe('a request id', () => {
  test('is a duplicate up to the window size, and no further', () => {
    const admission = new Admission(10, new SourceFiles())
    expect(isDuplicate(admission, 'gw', request('a'), 100)).toBe(false)
    expect(isDuplicate(admission, 'gw', request('a'), 110)).toBe(true)
    expect(isDuplicate(admission, 'gw', request('a'), 121)).toBe(false)
  })

  test('is forgotten before the offset that its block remembers from', () => {
    const admission = new Admission(10, new SourceFiles())
    isDuplicate(admission, 'gw', request('a'), 100)
    admission.rememberedFrom = 101
    expect(isDuplicate(admission, 'gw', request('a'), 105)).toBe(false)
    expect(isDuplicate(admission, 'gw', request('a'), 106)).toBe(true)
  })

  test('counts as seen by an occurrence that was itself a duplicate', () => {
    const admission = new Admission(10, new SourceFiles())
    isDuplicate(admission, 'gw', request('a'), 0)
    isDuplicate(admission, 'gw', request('a'), 9)
    expect(isDuplicate(admission, 'gw', request('a'), 18)).toBe(true)
  })

  test('of another source is another request', () => {
    const admission = new Admission(10, new SourceFiles())
    isDuplicate(admission, 'gw-1', request('a'), 0)
    expect(isDuplicate(admission, 'gw-2', request('a'), 1)).toBe(false)
  })

  test('is decided by the last offsets alone: a replay from within the window decides the same', () => {
    const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { minLength: 1, maxLength: 80 })
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 12 }), fc.nat(80), (sequence, window, start) => {
        const whole = new Admission(window, new SourceFiles())
        const decisions = sequence.map((id, offset) => isDuplicate(whole, '', request(id), offset))
        const naive = sequence.map((id, offset) =>
          sequence.slice(Math.max(0, offset - window), offset).includes(id),
        )
        expect(decisions).toEqual(naive)
        const from = Math.min(start, sequence.length)
        const replay = new Admission(window, new SourceFiles())
        const again = sequence.map((id, offset) =>
          offset < Math.max(0, from - window) ? null : isDuplicate(replay, '', request(id), offset),
        )
        expect(again.slice(from)).toEqual(decisions.slice(from))
      }),
    )
  })
})

describe('a line position', () => {
  test('at or below the highest seen is a duplicate, however long ago', () => {
    const admission = new Admission(1, new SourceFiles())
    expect(isDuplicate(admission, 'gw', line('f', 0), 0)).toBe(false)
    expect(isDuplicate(admission, 'gw', line('f', 500), 1)).toBe(false)
    expect(isDuplicate(admission, 'gw', line('f', 0), 1_000_000)).toBe(true)
    expect(isDuplicate(admission, 'gw', line('f', 501), 1_000_001)).toBe(false)
  })

  test('belongs to its source and file', () => {
    const admission = new Admission(1, new SourceFiles())
    isDuplicate(admission, 'gw', line('f', 10), 0)
    expect(isDuplicate(admission, 'gw', line('g', 5), 1)).toBe(false)
    expect(isDuplicate(admission, 'hw', line('f', 5), 2)).toBe(false)
  })
})

test('an event without identity is never a duplicate', () => {
  const admission = new Admission(10, new SourceFiles())
  expect(isDuplicate(admission, 'gw', { kind: 'none' }, 0)).toBe(false)
  expect(isDuplicate(admission, 'gw', { kind: 'none' }, 1)).toBe(false)
})

describe('a source mark', () => {
  const mark = (position: number, eventsTotal: number) =>
    ({ kind: 'mark', source: 's', file: 'f', position, eventsTotal, throughMs: 5, format: 'x' }) as const

  test('ahead of every line is compared with what arrived', () => {
    const file = new SourceFile('s', 'f')
    file.isRepeated(0)
    file.count(false)
    file.mark(mark(100, 2))
    expect([file.markEventsTotal, file.eventsAtMark]).toEqual([2, 1])
  })

  test('that comes again behind the lines is not: lines it does not speak of have arrived', () => {
    const file = new SourceFile('s', 'f')
    for (const position of [0, 100, 200]) {
      file.isRepeated(position)
      file.count(false)
    }
    file.mark(mark(300, 3))
    file.mark(mark(100, 1))
    expect([file.markPosition, file.markEventsTotal, file.eventsAtMark]).toEqual([300, 3, 3])
  })
})
