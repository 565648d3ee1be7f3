import { expect, test } from 'vitest'
import { parseType } from './parse-type.ts'

test('a type is cut at the commas that separate', () => {
  expect(parseType("Tuple(a Enum8('x,y' = 1, 'it\\'s' = 2), Map(String, Array(UInt8)))")).toEqual({
    name: 'Tuple',
    elements: ["a Enum8('x,y' = 1, 'it\\'s' = 2)", 'Map(String, Array(UInt8))'],
  })
})
