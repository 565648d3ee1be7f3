import { describe, expect, test } from 'vitest'
import { Batch } from './batch.ts'
import { IntakeRefusedError } from './intake-error.ts'

function batchOf(lines: number, alarming: number): Batch {
  const batch = new Batch(0.25)
  for (let line = 0; line < lines; line++) batch.addLine(Buffer.from('x'), 0, 1_000)
  for (let line = 0; line < alarming; line++) batch.addAlarming('no JSON')
  return batch
}

describe('of a batch of lines', () => {
  test.each([
    [100, 25, false],
    [100, 26, true],
    [20, 6, true],
    // Too few to tell.
    [19, 19, false],
    [0, 0, false],
  ])('%i, of which %i would be rejected, refused: %s', (lines, alarming, isRefused) => {
    const judge = () => batchOf(lines, alarming).judge()
    const message = `${alarming} of ${lines} lines would be rejected, expected at most 25 %; nothing of them`
    if (isRefused) expect(judge).toThrow(message)
    else expect(judge).not.toThrow()
  })

  test('marks are no lines, and say nothing about a format', () => {
    const batch = batchOf(20, 6)
    for (let mark = 0; mark < 100; mark++) batch.addMark(Buffer.from('x'), 0)
    expect(() => batch.judge()).toThrow(IntakeRefusedError)
  })

  test.each([
    [5, 0, 1_999, false],
    [5, 0, 2_000, true],
    // In doubt: more lines may come that tell.
    [5, 5, 60_999, false],
    [5, 5, 61_000, true],
    [20, 20, 2_000, true],
    [0, 0, 90_000, false],
  ])('%i, of which %i would be rejected, due at %i: %s', (lines, alarming, nowMs, isDue) => {
    expect(batchOf(lines, alarming).isDue(nowMs)).toBe(isDue)
  })

  test('it is full at 5 000 lines, or at half of what Kafka takes at once', () => {
    expect([batchOf(4_999, 0).isFull, batchOf(5_000, 0).isFull]).toEqual([false, true])
    const batch = new Batch(0.25)
    batch.addLine(Buffer.alloc(512 * 1024), 0, 0)
    expect(batch.isFull).toBe(true)
  })
})
