import { describe, expect, test } from 'vitest'
import { openGatewayFormat } from './formats.ts'
import type { ParsedLine } from './gateway-format.ts'

/** The same request, of which one thing is spelled otherwise: it is read as what it says, or rejected. */

const LINE = '192.0.2.7 - nordlys [01/Oct/2026:12:00:01 +0200] "GET /a HTTP/1.1" 200 70 "-" "curl/8"'
const JSON_LINE =
  '{"msec":"1790848801.000","client_id":"nordlys","status":"200","request_length":1,"bytes_sent":69}'
const EVENT =
  '{"specversion":"1.0","id":"1","source":"g","type":"r","subject":"a","time":"2026-10-01T12:00:01Z","data":{}}'

/** Client, status, bytes, time and id where they are not those of the line itself; or the reason. */
function tell(parsed: ParsedLine): string {
  if (parsed.kind !== 'request') return parsed.kind === 'blank' ? 'blank' : parsed.reason
  const { clientId, status, requestBytes, responseBytes } = parsed
  return `${clientId} ${status} ${requestBytes + responseBytes}`
}

const FORMATS = { combined: [LINE, 'remote_user'], 'nginx-json': [JSON_LINE], openmeter: [EVENT] } as const

function read(format: keyof typeof FORMATS, from: string, to: string | number[]): ParsedLine {
  const [line, client] = FORMATS[format]
  expect(line).toContain(from)
  const [before = '', after = ''] = [
    line.slice(0, line.indexOf(from)),
    line.slice(line.indexOf(from) + from.length),
  ]
  const bytes = Buffer.concat([Buffer.from(before), Buffer.from(to), Buffer.from(after)])
  return openGatewayFormat(format, { client }).parseLine(bytes)
}

type Spelling = readonly [to: string | number[], answer: string]

describe.each<[string, string, Spelling[]]>([
  [
    'a user',
    'nordlys',
    [
      [[0x6e, 0xff], 'client_invalid'],
      [[0x6e, 0xc0, 0x80], 'client_invalid'],
      [[0x6e, 0xed, 0xa0, 0x80], 'client_invalid'],
      [[0x6e, 0xf4, 0x90, 0x80, 0x80], 'client_invalid'],
      ...['n\u0085l', 'n\u2028l', 'n\u00adl', 'n\u180el', '\u2066n\u2069', 'n\u034f', 'n\\tl', '\\xffn'].map(
        (to): Spelling => [to, 'client_invalid'],
      ),
      ['nordlys\\x20', 'nordlys 200 70'],
      ['"nord lys"', 'line_not_combined'],
      ['a"b', 'line_not_combined'],
      ['a\\"b', 'a"b 200 70'],
      ['a [b', 'a [b 200 70'],
      ['a [01/Oct/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1', 'line_not_combined'],
      ['é'.repeat(128), `${'é'.repeat(128)} 200 70`],
      ['é'.repeat(129), 'client_invalid'],
    ],
  ],
  [
    'an address',
    '192.0.2.7',
    [
      ...['fe80::1%eth0', '::ffff:192.0.2.7', 'xn--bcher-kva.example', '\ufeff\ufeff192.0.2.7'].map(
        (to): Spelling => [to, 'nordlys 200 70'],
      ),
      ...[
        '[2001:db8::1]',
        '[2001:db8::1]:80',
        '192.0.2.7:80',
        '192.0.2.7, 10.0.0.1',
        '192.0.2.7,10.0.0.1',
      ].map((to): Spelling => [to, 'line_not_combined']),
      ...[
        '192.0.2.007',
        '192.0.2',
        'bücher.example',
        '\u200b192.0.2.7',
        '#192.0.2.7',
        '\x1b[0m192.0.2.7',
      ].map((to): Spelling => [to, 'line_not_combined']),
    ],
  ],
  [
    'a status',
    '200 70',
    [
      ...[
        '"200 OK"',
        '200OK',
        '+200',
        '0200',
        '200.0',
        '2e2',
        '0xC8',
        '٢٠٠',
        '２００',
        '1000',
        '99',
        '099',
      ].map((to): Spelling => [`${to} 70`, 'status_invalid']),
      ...['00', '-0', '-2', '2000'].map((to): Spelling => [`${to} 70`, 'status_invalid']),
    ],
  ],
  [
    'bytes',
    '70',
    [
      ...['1e3', '1,234', "1'234", '1.234', '-0', '-70', '+70', '0x1F', '70B', '1K', '７０', '', '"70"x'].map(
        (to): Spelling => [to, 'bytes_invalid'],
      ),
      ['070', 'nordlys 200 70'],
      ['68719476735', 'nordlys 200 68719476735'],
      ['68719476736', 'bytes_invalid'],
      ['9007199254740993', 'bytes_invalid'],
    ],
  ],
  [
    'a time',
    '01/Oct/2026:12:00:01 +0200',
    [
      ...['CEST', 'Z', '+02:00', '+2:00', '+0200 CEST', '+1430', '-1401', '+9959'].map(
        (to): Spelling => [`01/Oct/2026:12:00:01 ${to}`, 'time_invalid'],
      ),
      ...['12:00:60', '24:00:00', '12:0:01', '12:60:00'].map(
        (to): Spelling => [`01/Oct/2026:${to} +0200`, 'time_invalid'],
      ),
      ...[
        '1/Oct/2026',
        '31/Sep/2026',
        '29/Feb/2026',
        '01/10/2026',
        '01/Oct/26',
        '01/Oct/1970',
        '01/Oct/2126',
      ].map((to): Spelling => [`${to}:12:00:01 +0200`, 'time_invalid']),
      ['01/Oct/2026:12:00:01 +1400', 'nordlys 200 70'],
      ['01/Oct/2026:12:00:01 -0000', 'nordlys 200 70'],
    ],
  ],
  [
    'a request',
    'GET /a HTTP/1.1',
    ['', '-', '\\x16\\x03\\x01', 'GET /a b c HTTP/1.1', `GET /${'a'.repeat(65_536)} HTTP/1.1`].map(
      (to): Spelling => [to, 'nordlys 200 70'],
    ),
  ],
  [
    'an end',
    '"curl/8"',
    ['"curl/8"\u0085', '"curl/8"\u2028', '"curl/8"\r\r', '"curl/8"\t', '"a ""b"" c"', '"a\\', 'curl'].map(
      (to): Spelling => [to, 'nordlys 200 70'],
    ),
  ],
])('%s of a combined line', (_, from, spellings) => {
  test.each(spellings)('%j', (to, answer) => expect(tell(read('combined', from, to))).toBe(answer))
})

describe.each<[string, string, Spelling[]]>([
  [
    'a client',
    '"nordlys"',
    [
      ...['"\\ud800x"', '"\\udc00"', '"a\\u0000b"', '"a\\nb"', '"\\u202ea"', 'true', '["a","b"]', '{}'].map(
        (to): Spelling => [to, 'client_invalid'],
      ),
      ['9007199254740993', 'client_invalid'],
      ['1.5', 'client_invalid'],
      ['1e3', '1000 200 70'],
      ['"\\ufeffnordlys"', 'nordlys 200 70'],
    ],
  ],
  [
    'a status',
    '"200"',
    [
      ...['"200 OK"', '"200, 404"', 'true', '[200]', '"2e2"', '"+200"'].map(
        (to): Spelling => [to, 'status_invalid'],
      ),
      ...['2e2', '200.0'].map((to): Spelling => [to, 'nordlys 200 70']),
      ...['NaN', '+200', '0x1F', '.2e3'].map((to): Spelling => [to, 'line_not_json']),
    ],
  ],
  [
    'bytes',
    '69',
    [
      ...['69.0', '6.9e1', '069'].map((to): Spelling => [to, 'nordlys 200 70']),
      ...['69.5', '-69', '1e400', '"1e3"', '" 69"', '"1,234"', 'true'].map(
        (to): Spelling => [to, 'bytes_invalid'],
      ),
      ...['""', 'null'].map((to): Spelling => [to, 'field_missing']),
      ['-0', 'nordlys 200 1'],
    ],
  ],
  [
    'a time',
    '"1790848801.000"',
    [
      ...[
        '"1790848801,000"',
        '"1790848801.0000000001"',
        '-1',
        '"2026-10-01T12:00:01"',
        '"2026-10-01T12:00:60Z"',
      ].map((to): Spelling => [to, 'time_invalid']),
      ...['"20261001T120001Z"', '"2026-W40-4"', '"2026-10-01 12:00:01+02:00"', '1790848801000'].map(
        (to): Spelling => [to, 'time_invalid'],
      ),
      ...['1.790848801e9', '1790848801000e-3', '"2026-10-01T10:00:01Z"'].map(
        (to): Spelling => [to, 'nordlys 200 70'],
      ),
    ],
  ],
])('%s of a JSON line', (_, from, spellings) => {
  test.each(spellings)('%j', (to, answer) => expect(tell(read('nginx-json', from, to))).toBe(answer))
})

describe('data that can’t be looked into is not data that says nothing', () => {
  test.each<Spelling>([
    ['"data":{}', 'a 0 0'],
    ['"data":null', 'a 0 0'],
    ['"data":[]', 'a 0 0'],
    ['"data":""', 'a 0 0'],
    ['"data":{"status":"404"}', 'a 404 0'],
    ['"data":"{\\"status\\":404}"', 'status_invalid'],
    ['"data":[{"status":404}]', 'status_invalid'],
    ['"data":5', 'status_invalid'],
    ['"data":true', 'status_invalid'],
    ['"data_base64":"eyJzdGF0dXMiOjQwNH0="', 'status_invalid'],
  ])('%s', (to, answer) => expect(tell(read('openmeter', '"data":{}', to))).toBe(answer))
})

describe('an id is taken as it is, or as none: two of them must never become one', () => {
  test.each<[string, string | undefined]>([
    ['"1"', 'g 1'],
    ['1', 'g 1'],
    ['"A"', 'g A'],
    ['"a"', 'g a'],
    ['"1 "', undefined],
    ['" 1"', undefined],
    ['"1\\n"', undefined],
    ['"\\ufeff1"', undefined],
    ['"e\\u0301"', undefined],
    ['"a\\u200bb"', undefined],
    ['9007199254740993', undefined],
    ['""', undefined],
    ['"-"', undefined],
    ['[1]', undefined],
  ])('%s', (to, id) => {
    const parsed = read('openmeter', '"1"', to)
    expect(parsed).toMatchObject({ kind: 'request', clientId: 'a' })
    expect(parsed.kind === 'request' ? parsed.requestId : null).toBe(id)
  })
})
