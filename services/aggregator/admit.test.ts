import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Admission, SourceFile, SourceFiles } from './admit.ts'

const request = (id: string) => ({ kind: 'request_id', id }) as const
const line = (file: string, position: number) => ({ kind: 'position', file, position }) as const

describe('a request id', () => {
  test('is a duplicate up to the window size, and no further', () => {
    const admission = new Admission(10, new SourceFiles())
    expect(admission.isDuplicate('gw', request('a'), 100)).toBe(false)
    expect(admission.isDuplicate('gw', request('a'), 110)).toBe(true)
    expect(admission.isDuplicate('gw', request('a'), 121)).toBe(false)
  })

  test('is forgotten before the offset that its block remembers from', () => {
    const admission = new Admission(10, new SourceFiles())
    admission.isDuplicate('gw', request('a'), 100)
    admission.rememberedFrom = 101
    expect(admission.isDuplicate('gw', request('a'), 105)).toBe(false)
    expect(admission.isDuplicate('gw', request('a'), 106)).toBe(true)
  })

  test('counts as seen by an occurrence that was itself a duplicate', () => {
    const admission = new Admission(10, new SourceFiles())
    admission.isDuplicate('gw', request('a'), 0)
    admission.isDuplicate('gw', request('a'), 9)
    expect(admission.isDuplicate('gw', request('a'), 18)).toBe(true)
  })

  test('of another source is another request', () => {
    const admission = new Admission(10, new SourceFiles())
    admission.isDuplicate('gw-1', request('a'), 0)
    expect(admission.isDuplicate('gw-2', request('a'), 1)).toBe(false)
  })

  test('is decided by the last offsets alone: a replay from within the window decides the same', () => {
    const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { minLength: 1, maxLength: 80 })
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 12 }), fc.nat(80), (sequence, window, start) => {
        const whole = new Admission(window, new SourceFiles())
        const decisions = sequence.map((id, offset) => whole.isDuplicate('', request(id), offset))
        const naive = sequence.map((id, offset) =>
          sequence.slice(Math.max(0, offset - window), offset).includes(id),
        )
        expect(decisions).toEqual(naive)
        const from = Math.min(start, sequence.length)
        const replay = new Admission(window, new SourceFiles())
        const again = sequence.map((id, offset) =>
          offset < Math.max(0, from - window) ? null : replay.isDuplicate('', request(id), offset),
        )
        expect(again.slice(from)).toEqual(decisions.slice(from))
      }),
    )
  })
})

describe('a line position', () => {
  test('at or below the highest seen is a duplicate, however long ago', () => {
    const admission = new Admission(1, new SourceFiles())
    expect(admission.isDuplicate('gw', line('f', 0), 0)).toBe(false)
    expect(admission.isDuplicate('gw', line('f', 500), 1)).toBe(false)
    expect(admission.isDuplicate('gw', line('f', 0), 1_000_000)).toBe(true)
    expect(admission.isDuplicate('gw', line('f', 501), 1_000_001)).toBe(false)
  })

  test('belongs to its source and file', () => {
    const admission = new Admission(1, new SourceFiles())
    admission.isDuplicate('gw', line('f', 10), 0)
    expect(admission.isDuplicate('gw', line('g', 5), 1)).toBe(false)
    expect(admission.isDuplicate('hw', line('f', 5), 2)).toBe(false)
  })
})

test('an event without identity is never a duplicate', () => {
  const admission = new Admission(10, new SourceFiles())
  expect(admission.isDuplicate('gw', { kind: 'none' }, 0)).toBe(false)
  expect(admission.isDuplicate('gw', { kind: 'none' }, 1)).toBe(false)
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
