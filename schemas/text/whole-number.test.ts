import { expect, test } from 'vitest'
import { z } from 'zod'
import { decimalNumberShape, wholeNumberShape } from './whole-number.ts'

const NONE = [
  '',
  ' ',
  ' 5',
  '5 ',
  '+5',
  '-5',
  '5.0',
  '0x10',
  '0b1',
  '1e3',
  '1_0',
  '٧',
  'Infinity',
  'NaN',
  '5\n',
]

test.each([...NONE, '11', '9007199254740993', '5.5'])('%j is no whole number from 0 to 10', text => {
  expect(wholeNumberShape(0, 10).safeParse(text).error?.issues[0]?.message).toBe(
    'a whole number from 0 to 10, in decimal digits',
  )
})

test('digits are, up to the last that is exact', () => {
  const shape = wholeNumberShape(0, Number.MAX_SAFE_INTEGER)
  expect(['0', '10', '9007199254740991'].map(text => shape.parse(text))).toEqual([0, 10, 9007199254740991])
  expect(shape.safeParse('9007199254740992').success).toBe(false)
})

test('to who reads the description it is an integer', () => {
  expect(z.toJSONSchema(wholeNumberShape(1, 10), { io: 'input' })).toMatchObject({
    ...{ type: 'integer', minimum: 1, maximum: 10 },
  })
})

test.each(NONE.filter(text => text !== '5.0'))('%j is no number from 0 to 10', text => {
  expect(decimalNumberShape(0, 10).safeParse(text).success).toBe(false)
})

test('a fraction stands after a point', () => {
  expect(['5.0', '2.5', '10'].map(text => decimalNumberShape(0, 10).parse(text))).toEqual([5, 2.5, 10])
})
