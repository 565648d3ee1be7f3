import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findJsonBreak } from './find-json-break.ts'

describe('where a text stops being JSON', () => {
  test.each([
    ['{"a":1,}', 7, 'a name in quotes'],
    ['{"a":1 "b":2}', 7, 'a comma or the end of an object'],
    ['[1 2]', 3, 'a comma or the end of a list'],
    ['{"a" 1}', 5, 'a colon'],
    ['{"a":abc}', 5, 'a value'],
    ['{"a":"b', 7, 'the end of a text'],
    ['{"a":"b\\x41"}', 7, 'the end of a text'],
    ['{"a":[1,', 8, 'a value'],
    ['{"a":1}}', 7, 'nothing more'],
    ['{"a":007}', 6, 'a comma or the end of an object'],
    ['[}', 1, 'a value'],
    ['', 0, 'a value'],
  ])('%s', (text, at, expected) => expect(findJsonBreak(text)).toEqual({ at, expected }))

  test('is found in the same texts in which JSON.parse finds one, and at the first such place', () => {
    const json = fc.json({ maxDepth: 4 })
    const broken = fc
      .tuple(json, fc.nat(), fc.constantFrom('', '"', '}', ']', ',', ':', '\\', '0', ' ', '\u0007', 'é'))
      .map(([text, at, sign]) => {
        const place = at % (text.length + 1)
        return text.slice(0, place) + sign + text.slice(place + (at % 3))
      })
    fc.assert(
      fc.property(fc.oneof(json, broken), text => {
        const found = findJsonBreak(text)
        expect(found === null, text).toBe(isJson(text))
        if (found === null) return
        // What stands before it can still become JSON.
        const before = findJsonBreak(text.slice(0, found.at))
        expect(before?.at ?? found.at, text).toBe(found.at)
      }),
      { numRuns: 3_000 },
    )
  })

  test('has no stack that runs out', () => {
    expect(findJsonBreak('['.repeat(100_000))).toEqual({ at: 100_000, expected: 'a value' })
  })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
