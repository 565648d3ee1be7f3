import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openGatewayFormat } from './formats.ts'
import type { ParsedLine } from './gateway-format.ts'
import { readName } from './read-name.ts'

const START = '192.0.2.7 - nordlys-as [01/Oct/2026:00:00:00 +0200]'
const WHOLE = `${START} "GET /api?token=s3cr3t HTTP/1.1" 200 456 "https://example.com/" "curl/8"`
const expected: ParsedLine = {
  kind: 'request',
  clientId: 'nordlys-as',
  integrationId: '',
  timeMs: Date.UTC(2026, 8, 30, 22),
  status: 200,
  requestBytes: 0,
  responseBytes: 456,
}

type Fields = { readonly client?: string; readonly integration?: string }

function parse(line: string | Buffer, fields: Fields = {}): ParsedLine {
  return openGatewayFormat('combined', { client: 'remote_user', ...fields }).parseLine(Buffer.from(line))
}

describe('a line is read', () => {
  test.each([
    ['combined', WHOLE],
    ['common', `${START} "GET / HTTP/1.1" 200 456`],
    ['with an escaped quote', `${START} "GET /\\"a\\" HTTP/1.1" 200 456 "-" "a \\"b\\" c\\\\"`],
    ['with a hexadecimal quote', `${START} "GET /\\x22 HTTP/1.1" 200 456 "-" "\\x22"`],
    ['with a broken request', `${START} "\\x16\\x03\\x01" 200 456 "-" "-"`],
    ['with fields after it', `${WHOLE} "a b" 0.012 -`],
    ['with a carriage return', `${WHOLE}\r`],
    ['cut in the user agent', WHOLE.slice(0, -3)],
    ['with a raw quote in the user agent', WHOLE.replace('curl/8', 'a "b" c')],
    ['with a byte order mark', `\ufeff${WHOLE}`],
    ['with the NULs of a hole', `\0\0\0${WHOLE}\0`],
  ])('%s', (_, line) => expect(parse(line)).toEqual(expected))

  test.each([
    ['remote_addr', '192.0.2.7'],
    ['remote_user', 'nordlys-as'],
    ['extra1', 'a "b" ø'],
    ['extra2', '0.012'],
    ['extra3', 'last'],
  ] as const)('with the client from %s', (client, clientId) => {
    expect(parse(`${WHOLE} "a \\"b\\" \\xC3\\xB8" 0.012 "last"`, { client })).toEqual({
      ...expected,
      clientId,
    })
  })

  test('with the integration from a field after it', () => {
    expect(parse(`${WHOLE} regnskap`, { integration: 'extra1' })).toEqual({
      ...expected,
      integrationId: 'regnskap',
    })
    expect(parse(`${WHOLE} "-"`, { integration: 'extra1' })).toEqual(expected)
  })

  test('with a user that has spaces and brackets', () => {
    expect(parse(WHOLE.replace('nordlys-as', 'a [b] c'))).toEqual({ ...expected, clientId: 'a [b] c' })
    expect(parse(WHOLE.replace('nordlys-as', 'a [b] \\"c'))).toEqual({ ...expected, clientId: 'a [b] "c' })
  })

  test('with - as no bytes, which is how Apache puts it', () => {
    expect(parse(`${START} "HEAD / HTTP/1.1" 304 -`)).toEqual({ ...expected, status: 304, responseBytes: 0 })
  })

  test('with its time zone', () => {
    const line = WHOLE.replace('+0200', '-0330')
    expect(parse(line)).toEqual({ ...expected, timeMs: Date.UTC(2026, 9, 1, 3, 30) })
  })
})

describe('a line is rejected', () => {
  test.each([
    ['no user', WHOLE.replace('nordlys-as', '-'), 'client_missing'],
    ['a user of broken bytes', WHOLE.replace('nordlys-as', '\\xff'), 'client_invalid'],
    ['a user with a control character', WHOLE.replace('nordlys-as', 'a\\x00'), 'client_invalid'],
    ['an impossible time', WHOLE.replace('01/Oct', '31/Feb'), 'time_invalid'],
    ['a status that is none', WHOLE.replace('" 200', '" 20x'), 'status_invalid'],
    ['an impossible status', WHOLE.replace('" 200', '" 99'), 'status_invalid'],
    ['a status that is too long', WHOLE.replace('" 200', '" 0200'), 'status_invalid'],
    ['a status in quotes, which is another field', WHOLE.replace('" 200', '" "200"'), 'status_invalid'],
    ['no bytes', WHOLE.replace('456', ''), 'bytes_invalid'],
    ['no caller who was known', WHOLE.replace('" 200', '" 401'), 'client_unauthenticated'],
    ['no caller whom a proxy knew', WHOLE.replace('" 200', '" 407'), 'client_unauthenticated'],
    ['negative bytes', WHOLE.replace('456', '-456'), 'bytes_invalid'],
    ['absurd bytes', WHOLE.replace('456', '68719476736'), 'bytes_invalid'],
    ['a cut in the request', WHOLE.slice(0, START.length + 12), 'line_truncated'],
    ['a cut in the time', WHOLE.slice(0, 40), 'line_truncated'],
    ['a cut before the bytes', `${START} "GET / HTTP/1.1" 200`, 'line_truncated'],
    ['a word behind the time', WHOLE.replace('] "', '] x "'), 'line_not_combined'],
    ['two spaces behind the time', WHOLE.replace('] "', ']  "'), 'line_not_combined'],
    ['something glued to the request', WHOLE.replace('" 200', '"x200'), 'line_not_combined'],
    ['a quote within the request', WHOLE.replace('/api', '/" 500 1'), 'bytes_invalid'],
    ['no user at all', WHOLE.replace('- nordlys-as', '-'), 'line_not_combined'],
    ['an ident that is none', WHOLE.replace('- nordlys-as', 'x nordlys-as'), 'line_not_combined'],
    ['a list of addresses', WHOLE.replace('192.0.2.7', '192.0.2.7, 192.0.2.8'), 'line_not_combined'],
    ['an address and its port', WHOLE.replace('192.0.2.7', '192.0.2.7:5000'), 'line_not_combined'],
    ['an address that is none', WHOLE.replace('192.0.2.7', '192.0.2.256'), 'line_not_combined'],
    [
      'a second address as the user',
      WHOLE.replace('nordlys-as', '192.0.2.8 - nordlys-as'),
      'line_not_combined',
    ],
    ['a field behind the user', WHOLE.replace('nordlys-as', 'nordlys-as -'), 'line_not_combined'],
    ['something else', 'hello', 'line_not_combined'],
    ['JSON', '{"client_id":"a"}', 'line_not_combined'],
  ])('with %s', (_, line, reason) => expect(parse(line)).toMatchObject({ kind: 'rejected', reason }))

  test('when a chosen field is not there', () => {
    expect(parse(WHOLE, { client: 'extra1' })).toMatchObject({ reason: 'client_missing' })
    expect(parse(WHOLE, { integration: 'extra2' })).toMatchObject({ reason: 'field_missing' })
  })

  test('when a quote is broken before a chosen field: it may be any', () => {
    const agent = WHOLE.replace('curl/8', 'a "b" c')
    expect(parse(`${agent} "kunde"`, { client: 'extra1' })).toMatchObject({ reason: 'line_truncated' })
    expect(parse(`${WHOLE.slice(0, -1)} "kunde"`, { client: 'extra1' })).toMatchObject({
      reason: 'line_truncated',
    })
    expect(parse(`${agent} "kunde"`, { integration: 'extra1' })).toMatchObject({ reason: 'line_truncated' })
  })

  test('that is not UTF-8, and can not be read', () => {
    expect(parse(Buffer.from(`${WHOLE.slice(0, 40)} \u00ff`, 'latin1'))).toMatchObject({
      reason: 'line_not_utf8',
    })
  })
})

test('a request for a path that is not UTF-8 counts like any other: it must not be free', () => {
  const odd = WHOLE.replace('GET /', 'GET /\u00ff')
  expect(odd).not.toBe(WHOLE)
  expect(parse(Buffer.from(odd, 'latin1'))).toEqual(parse(WHOLE))
})

test.each([[''], ['  \r']])('%j is blank', line => expect(parse(line)).toEqual({ kind: 'blank' }))

test('parsing what was rendered gives the same', () => {
  const text = fc
    .string({ unit: 'grapheme', maxLength: 30 })
    .filter(value => /^[^\p{Cc}\ufffd]*$/u.test(value))
  const name = text.filter(value => value !== '' && readName(value) === value)
  const quote = (value: string) => `"${value.replace(/[\\"]/g, character => `\\${character}`)}"`
  const hexadecimal = (value: string) => `"${Buffer.from(value).toString('hex').replace(/../g, '\\x$&')}"`
  fc.assert(
    fc.property(
      name,
      text,
      text,
      fc.nat(2 ** 30),
      fc.nat(4_000_000),
      (client, request, agent, bytes, second) => {
        const timeMs = 1_759_269_600_000 + second * 1000
        const utc = new Date(timeMs).toUTCString()
        const time = `${utc.slice(5, 16).replaceAll(' ', '/')}:${utc.slice(17, 25)} +0000`
        const line = `192.0.2.7 - - [${time}] ${quote(request)} 200 ${bytes} "-" ${quote(agent)}`
        const wanted = { ...expected, clientId: client, timeMs, responseBytes: bytes }
        expect(parse(`${line} ${quote(client)}`, { client: 'extra1' })).toEqual(wanted)
        expect(parse(`${line} ${hexadecimal(client)}`, { client: 'extra1' })).toEqual(wanted)
      },
    ),
  )
})

test('any bytes at all, and any piece of a line, are answered and never throw', () => {
  const kinds = ['request', 'blank', 'rejected']
  const format = openGatewayFormat('combined', { client: 'extra1', integration: 'extra2' })
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), raw => kinds.includes(format.parseLine(raw).kind)))
  const piece = fc.constantFrom(
    '"',
    '\\',
    ' ',
    '[',
    '] ',
    '-',
    'a',
    '01/Oct/2026:00:00:00 +0200',
    '200',
    ' [',
  )
  const pieces = fc.array(piece, { maxLength: 30 })
  fc.assert(fc.property(pieces, parts => kinds.includes(parse(parts.join(''), { client: 'extra1' }).kind)))
})

test('a line cut anywhere is either rejected or says the same of everything that is counted', () => {
  for (let length = 1; length < WHOLE.length; length++) {
    const parsed = parse(WHOLE.slice(0, length))
    // A number at the end may be cut: only who knows whether there was a newline can tell.
    const isNumberCut = parsed.kind === 'request' && parsed.responseBytes !== 456
    if (isNumberCut) expect(WHOLE.slice(0, length)).toMatch(/ \d+$/)
    else if (parsed.kind === 'request') expect(parsed).toEqual(expected)
  }
})
