import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openGatewayFormat } from '../formats.ts'
import { closeCutJson, isKeyRepeated, mendJson } from './mend-json.ts'

test.each([
  ['bytes of UTF-8', '{"ua":"a \\xE3\\x80\\x80 b"}', { ua: 'a \u3000 b' }],
  ['a quote and a backslash', '{"ua":"\\x22a\\x5Cb"}', { ua: '"a\\b' }],
  ['a control character', '{"ua":"\\x00\\x0A"}', { ua: '\0\n' }],
  ['what looks like one behind a backslash', '{"ua":"a\\\\x41","b":-}', { ua: 'a\\x41', b: null }],
  ['a bare -', '{"a": - ,"b":[-, -]}', { a: null, b: [null, null] }],
  ['nothing at all', '{"a":,"b": }', { a: null, b: null }],
  ['a status of zeros', '{"status":000,"b":009}', { status: '000', b: '009' }],
  [
    'times of several upstreams',
    '{"a":0.304, 0.200 : -,"b": -, 0.1}',
    { a: '0.304, 0.200 : -', b: ' -, 0.1' },
  ],
  ['and leaves what is in quotes', '{"a":"b:,-,000}","c":-}', { a: 'b:,-,000}', c: null }],
  ['and leaves numbers', '{"a":-1.005e-07,"c":-}', { a: -1.005e-7, c: null }],
])('%s is mended', (_, text, value) => expect(JSON.parse(mendJson(text))).toEqual(value))

test.each([['{"a":-b}'], ['{"a":"\\xE"}'], ['{"a":00.1}'], ['{a:-}'], ['{"a":"\\x22'], ['-'], [':']])(
  '%s is not: it is anything',
  text => expect(() => JSON.parse(mendJson(text) || '!')).toThrow(),
)

test('what is JSON already is left alone', () => {
  fc.assert(
    fc.property(fc.json(), text => {
      expect(JSON.parse(mendJson(text))).toEqual(JSON.parse(text))
    }),
  )
})

describe('a field that is there twice', () => {
  test.each([
    ['{"c":1,"c":2}', true],
    ['{"c":1,"\\u0063":2}', true],
    ['{"c":{"c":1}}', false],
    ['{"a":"\\"c\\":","c":1}', false],
    ['{"a":"c","c":"c"}', false],
    ['{"a":["c"],"c":{"a":{"c":1}}}', false],
    ['{"a":"}{","c":1, "c" :2}', true],
    ['{"a":"\\u0063"}', false],
  ])('%s: %s', (text, isRepeated) => expect(isKeyRepeated(text, ['c'])).toBe(isRepeated))

  test.each([
    ['{"a":{"c":1,"c":2}}', true],
    ['{"a":{"c":1},"b":{"c":2}}', false],
    ['{"a":{"c":1},"a":{"c":2}}', true],
    ['{"a":{"b":{"c":1},"c":2},"c":3}', false],
    ['{"a":[{"c":1},{"c":2}]}', false],
    ['{"a":1,"b":{"a":{"c":1,"c":2}}}', false],
  ])('within another: %s: %s', (text, isRepeated) => expect(isKeyRepeated(text, ['a', 'c'])).toBe(isRepeated))

  test('counts for nobody: with escape=none a caller can write one', () => {
    const agent = 'x","client_id":"victim'
    const fields = '"msec":"1790848801","client_id":"a","status":"200","request_length":1,"bytes_sent":1'
    const line = `{${fields},"ua":"${agent}"}`
    const { parseLine } = openGatewayFormat('nginx-json')
    expect(parseLine(Buffer.from(line))).toMatchObject({ kind: 'rejected', reason: 'client_invalid' })
    expect(parseLine(Buffer.from(line.replace('"status"', '"t":-,"status"')))).toMatchObject({
      reason: 'client_invalid',
    })
  })
})

describe('an object that was cut off', () => {
  test.each([
    ['{"a":1,"b":2', '{"a":1}'],
    ['{"a":1,"b":"x,y', '{"a":1}'],
    ['{"a":"x,\\"","b":{"c":1,"d":', '{"a":"x,\\""}'],
    ['{"a":[1,2],"b":3,"c', '{"a":[1,2],"b":3}'],
    ['{"a":1', null],
    ['[1,2', null],
  ])('%s is %s', (text, closed) => expect(closeCutJson(text)).toBe(closed))
})
