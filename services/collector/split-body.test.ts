import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitBody } from './split-body.ts'

const split = (body: string, most = 100) =>
  splitBody(Buffer.from(body), most)?.map(text => text.toString('utf8')) ?? null

test.each<[string, string, string[]]>([
  ['lines', '{"a":1}\n{"a":2}\n', ['{"a":1}', '{"a":2}']],
  ['lines without a last newline', '{"a":1}\n{"a":2}', ['{"a":1}', '{"a":2}']],
  ['one object over several lines', '\ufeff {\n "a": 1\n}\n', ['{  "a": 1 } ']],
  ['a list', ' [{"a":[1,2],"b":{}} ,\n{"c":"]},["}]\r\n', ['{"a":[1,2],"b":{}} ', ' {"c":"]},["}']],
  ['a list with quotes in texts', String.raw`[{"a":"\"]"},{"b":"\\"}]`, ['{"a":"\\"]"}', '{"b":"\\\\"}']],
  // Read as a space, it would make a name of another.
  ['a newline within a text', '[{"a":\n"b\nc"}]', ['{"a":\r"b\rc"}']],
  ['an empty list', '[ ]', []],
  ['nothing', '', []],
  ['a broken object spoils no other line', '{"a":\n{"a":2}', ['{"a":', '{"a":2}']],
  ['lines that begin with a bracket', '[t] "GET /" 1\n[t] "GET /" 2', ['[t] "GET /" 1', '[t] "GET /" 2']],
  ['a list that is cut off', '[{"a":1},{"a"', ['[{"a":1},{"a"']],
  ['a list with something behind it', '[{"a":1}]\n[{"a":2}]', ['[{"a":1}]', '[{"a":2}]']],
])('%s', (_what, body, texts) => {
  expect(split(body)).toEqual(texts)
})

test('more texts than are taken are told of, and no further ones looked for', () => {
  expect(split('a\nb\nc', 3)).toHaveLength(3)
  expect(split('a\nb\nc\nd', 3)).toBeNull()
  expect(split('[1,2,3]', 3)).toHaveLength(3)
  expect(split('[1,2,3,4]', 3)).toBeNull()
})

test('a list gives back what JSON.parse finds in it, however it is written', () => {
  const indented = fc.constantFrom('', ' ', '\t')
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), indented, (values, indent) => {
      const texts = splitBody(Buffer.from(JSON.stringify(values, null, indent)), Number.POSITIVE_INFINITY)
      expect(texts?.map(text => JSON.parse(text.toString('utf8')))).toEqual(
        JSON.parse(JSON.stringify(values)),
      )
    }),
  )
})

test('whatever the bytes are, no line of them is lost', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      const body = Buffer.from(bytes)
      const texts = splitBody(body, Number.POSITIVE_INFINITY) ?? []
      const isLines = texts.reduce((sum, text) => sum + text.length + 1, 0)
      expect(isLines).toBeGreaterThanOrEqual(body[0] === 0x5b || body[0] === 0x7b ? 0 : body.length)
    }),
  )
})
