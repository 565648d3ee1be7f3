import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { nameShape, noteShape, plainShape, reasonShape, textUpTo } from './plain-text.ts'

const SHAPES = {
  name: nameShape('a name'),
  note: noteShape,
  reason: reasonShape,
  plain: plainShape(3),
  text: textUpTo(3),
}

/** What stands in documents of the API, as another program reads it. */
function readsAs(shape: z.ZodType): (text: string) => boolean {
  const {
    pattern = '',
    minLength = 0,
    maxLength = Number.POSITIVE_INFINITY,
  } = documentShape.parse(z.toJSONSchema(shape, { io: 'input' }))
  const expression = new RegExp(pattern, 'u')
  return text => {
    const length = [...text].length
    return length >= minLength && length <= maxLength && expression.test(text)
  }
}
const documentShape = z.object({
  type: z.literal('string'),
  pattern: z.string().optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
})

const CHARACTER = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...' \t\n\r\u000b\u001c\u0085\u00a0\u2028\u2029\u202e\u3000\ufeff\ufffd\ufdd0',
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom('a', 'å', '\u{1f41f}', '\u{1fffe}', '\u{10ffff}') },
  fc
    .integer({ min: 0, max: 0x10ffff })
    .filter(point => point < 0xd800 || point > 0xdfff)
    .map(point => String.fromCodePoint(point)),
)

test.each(Object.entries(SHAPES))(
  'whatever text the document of a %s allows is taken, and no other',
  (_, shape) => {
    const isDocumented = readsAs(shape)
    const look = (text: string) => {
      expect([text, shape.safeParse(text).success]).toEqual([text, isDocumented(text)])
    }
    fc.assert(fc.property(fc.string({ unit: CHARACTER, maxLength: 8 }), look), { numRuns: 2_000 })
    for (let point = 0; point <= 0x2fff; point++)
      for (const text of [String.fromCodePoint(point), `a${String.fromCodePoint(point)}b`]) look(text)
    for (const length of [199, 200, 201, 500, 501, 2_000, 2_001])
      for (const unit of ['a', '\u{1f41f}']) look(unit.repeat(length))
  },
)

test('white space around a text is left out, and halves of characters are refused', () => {
  expect(noteShape.parse(' \n Ringte dem.\nDe ringer tilbake. ')).toBe('Ringte dem.\nDe ringer tilbake.')
  expect(reasonShape.safeParse('a\ud800').success).toBe(false)
  expect(noteShape.safeParse('\udc00').success).toBe(false)
})
