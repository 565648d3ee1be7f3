import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openRecordEnvelope } from './record-envelope.ts'

function unwrap(name: string, value: string | Uint8Array): string[] {
  const envelope = openRecordEnvelope(name)
  if (envelope === null) throw new Error(`no envelope ${name}`)
  return envelope
    .unwrap(Buffer.from(value))
    .map(line =>
      line.kind === 'line' ? Buffer.from(line.bytes).toString() : `${line.reason}: ${line.detail}`,
    )
}

const otlp = (...bodies: object[]) =>
  JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: bodies }] }] })

describe('a record', () => {
  test.each<[string, string, string[]]>([
    ['lines', 'a\nb\n', ['a', 'b']],
    ['lines', 'a\n\nb', ['a', '', 'b']],
    ['lines', '', []],
    ['json:message', '{"@timestamp":"now","message":"a"}', ['a']],
    ['json:message', '{"message":"a\\nb\\n"}\n{"message":"c"}\n\n', ['a', 'b', 'c', '']],
    ['json:message', '[{"message":"a"},{"message":{"status":200}}]', ['a', '{"status":200}']],
    ['json:event.original', '{"event":{"original":"a"}}', ['a']],
    ['json:metrics.fields', '{"metrics":[{"fields":{"a":1}},{"fields":{"b":2}}]}', ['{"a":1}', '{"b":2}']],
    ['json:message', '{"log":"a"}', ['field_missing: message is missing around the line']],
    ['json:message', '{"message":7}', ['field_missing: a text or an object was expected, found number']],
    ['json:message', 'a', ['line_not_json: expected JSON around the line']],
    ['json:constructor', '{}', ['field_missing: constructor is missing around the line']],
    ['json-text', '"a"', ['a']],
    ['syslog-ng', '2026-11-25T22:25:32+00:00 vm {"a":1}', ['{"a":1}']],
    ['syslog-ng', '2026-11-25T22:25:32.123+01:00 vm nginx[7]: a b', ['a b']],
    ['syslog-ng', '2026-11-25T22:25:32+00:00 vm 2001:db8::1 - - [x]', ['2001:db8::1 - - [x]']],
    [
      'syslog-ng',
      'a',
      ['field_missing: the line does not begin with a time and a host, as syslog-ng writes them'],
    ],
    ['otlp', otlp({ body: { stringValue: 'a' } }, { body: { stringValue: 'b' } }), ['a', 'b']],
    ['otlp', otlp({ body: { kvlistValue: {} } }), ['field_missing: stringValue is missing around the line']],
    // Protobuf, and nothing that OTLP has.
    ['otlp', '\u0010\u0001', ['line_not_json: expected OTLP logs']],
    ['otlp', 'no protobuf', ['line_not_json: expected OTLP logs']],
    ['influx', 'tail,path=/x a="1",b=2i,c=t 17', ['{"a":"1","b":2,"c":true}']],
    ['influx', 'tail a="x\\"y\\\\z\nnext, =" 17\n\nta\\ il b=1', ['{"a":"x\\"y\\\\z\\nnext, ="}', '{"b":1}']],
    ['influx', 'tail a="open 17\ntail b=1 17', ['line_not_json: expected Influx line protocol', '{"b":1}']],
  ])('read as %s: %j', (name, value, expected) => expect(unwrap(name, value)).toEqual(expected))
})

test('what is nested without end is no line, and breaks nothing', () => {
  const deep = (before: string, unit: string, close: string) =>
    `${before}${unit.repeat(100_000)}1${close.repeat(100_000)}`
  const NAMES = ['lines', 'json-text', 'json:message', 'json:a.b', 'otlp', 'influx', 'syslog-ng']
  const values = [
    deep('', '[', ']'),
    deep('', '{"message":', '}'),
    `${deep('{"a":', '{"b":', '}')}}`,
    `${deep('{"message":', '[', ']')}}`,
    `${deep('{"resourceLogs":', '[', ']')}}`,
  ]
  for (const name of NAMES) for (const value of values) expect(unwrap(name, value)).toHaveLength(1)
  expect(unwrap('json-text', '[[["a"]]]')).toEqual(['a'])
  expect(unwrap('json:message', '{"message":{"a":{"b":[1]}}}')).toEqual(['{"a":{"b":[1]}}'])
})

test('an envelope that is unknown is none', () => {
  for (const name of ['', 'json:', 'json:.', 'line', 'toString', 'json:a..b'])
    expect(openRecordEnvelope(name)).toBeNull()
})

test('no bytes break any, and nothing that is not blank is without an answer', () => {
  const names = ['lines', 'json:message', 'json-text', 'syslog-ng', 'otlp', 'influx']
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.uint8Array({ minLength: 1, maxLength: 60 }), (name, bytes) => {
      const isBlank = Buffer.from(bytes).toString().trim() === ''
      if (!isBlank) expect(unwrap(name, bytes)).not.toHaveLength(0)
    }),
    { numRuns: 3_000 },
  )
})
