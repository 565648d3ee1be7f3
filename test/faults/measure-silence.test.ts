import { expect, test } from 'vitest'
import { type Beat, type Look, measureSilence } from './measure-silence.ts'

const look = (atMs: number, ...counted: number[]): Look => ({ atMs, counted: new Map(counted.entries()) })
const beat = (partition: number, offset: number, acknowledgedAtMs: number): Beat => ({
  ...{ partition, offset, acknowledgedAtMs },
})

test('a ledger that stands still because nothing came is told from one that is late', () => {
  const looks = [look(0, 0, 0), look(1_000, 1, 1), look(2_000, 1, 1), look(9_000, 1, 2), look(10_000, 2, 3)]
  const beats = [beat(0, 0, 100), beat(1, 0, 200), beat(1, 1, 1_500), beat(0, 1, 9_400), beat(1, 2, 9_500)]
  expect(measureSilence(beats, looks)).toEqual({
    // From the look at which it had moved until the one at which it had moved again.
    ...{ partition: 0, stillMs: 9_000 },
    unacknowledgedMs: { least: 8_000, most: 9_300 },
    // Of the second partition, since 1 500.
    uncountedMs: 7_500,
  })
})

test('what is never acknowledged or counted counts until the last look', () => {
  expect(measureSilence([beat(0, 5, 3_000)], [look(0, 5), look(4_000, 5)])).toEqual({
    ...{ partition: 0, stillMs: 4_000, uncountedMs: 1_000 },
    unacknowledgedMs: { least: 3_000, most: 3_000 },
  })
})
