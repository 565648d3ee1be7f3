import { expect, test } from 'vitest'
import { z } from 'zod'
import { severalOf } from './parameters.ts'

const shape = severalOf(z.enum(['over', 'near']))

test('a parameter is taken once or again', () => {
  expect([shape.parse(undefined), shape.parse('over'), shape.parse(['over', 'near'])]).toEqual([
    [],
    ['over'],
    ['over', 'near'],
  ])
})

test.each([
  ['z', 'expected one of "over"|"near"'],
  [['over', 'z'], 'expected one of "over"|"near"'],
  [Array.from({ length: 101 }, () => 'over'), 'at most 100 values'],
])('what is refused says what was expected: %s', (value, expected) => {
  expect(shape.safeParse(value).error?.issues[0]?.message).toContain(expected)
})
