import { describe, expect, test } from 'vitest'
import { rememberedFrom, type WindowBlock } from './window.ts'

const DAY_MS = 86_400_000
const blocks = (...rows: readonly (readonly [from: number, to: number, ids: number, day: number | null])[]) =>
  rows.map(
    ([firstOffset, nextOffset, requestIds, day]): WindowBlock => ({
      firstOffset,
      nextOffset,
      requestIds,
      firstAppendTimeMs: day === null ? null : day * DAY_MS,
      windowSize: 50,
      partitionCount: null,
      foldVersion: 2,
    }),
  )
const from = (before: readonly WindowBlock[], day: number | null = 9) =>
  rememberedFrom(before, 100, day === null ? null : day * DAY_MS, 50)

describe('a block that begins at offset 100 remembers', () => {
  test('nothing where no request id was seen: line positions need no window', () => {
    expect(from(blocks([40, 80, 0, 9], [80, 100, 0, 9]))).toBe(100)
    expect(from([])).toBe(100)
  })

  test('a window of offsets, but not more than the log was counted from', () => {
    expect(from(blocks([0, 80, 1, 9], [80, 100, 0, 9]))).toBe(50)
    expect(from(blocks([70, 80, 1, 9], [80, 100, 1, 9]))).toBe(70)
    expect(from(blocks([0, 50, 1, 9], [50, 100, 0, 9]))).toBe(100)
  })

  test('nothing that a version with a smaller window had forgotten when it ended', () => {
    const older = blocks([40, 60, 1, 9], [60, 80, 1, 9]).map(block => ({ ...block, windowSize: 15 }))
    expect(from([...older, ...blocks([80, 100, 1, 9])])).toBe(65)
    expect(from([...older, ...blocks([80, 100, 0, 9])])).toBe(65)
  })

  test('no further back than seven days, and nothing before what is forgotten', () => {
    const days = (...began: (number | null)[]) =>
      blocks(...began.map((day, index) => [60 + 10 * index, 70 + 10 * index, 1, day] as const))
    expect(from(days(2, 3.5, 4, 5))).toBe(60)
    expect(from(days(1.9, 3.5, 4, 5))).toBe(70)
    expect(from(days(9, 1, 4, 5))).toBe(80)
    expect(from(days(2, null, null, 5))).toBe(60)
    expect(from(days(1, 1, 1, 1))).toBe(100)
    expect(from(days(1, 1, 1, 1), null)).toBe(60)
  })
})
