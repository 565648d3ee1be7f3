import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findDeclaration } from './declarations.ts'
import { openDeclared, openGatewayFormat } from './formats.ts'
import type { ParsedLine } from './gateway-format.ts'
import { readName } from './read-name.ts'

const format = openGatewayFormat('nginx-json')

function parse(value: unknown): ParsedLine {
  return format.parseLine(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)))
}

const whole = {
  msec: '1759269600.123',
  client_id: 'nordlys-as',
  integration_id: 'regnskap',
  method: 'GET',
  path: '/api/v1/orders?token=s3cr3t',
  status: '200',
  request_length: 123,
  bytes_sent: 456,
  request_time: '0.012',
}
const expected: ParsedLine = {
  kind: 'request',
  clientId: 'nordlys-as',
  integrationId: 'regnskap',
  timeMs: 1_759_269_600_123,
  status: 200,
  requestBytes: 123,
  responseBytes: 456,
}

describe('a line is read', () => {
  test('as NGINX writes it', () => expect(parse(whole)).toEqual(expected))
  test('with a carriage return at its end', () =>
    expect(parse(`${JSON.stringify(whole)}\r`)).toEqual(expected))
  test('with numbers the other way round', () => {
    const other = { ...whole, msec: 1759269600.123, status: 200, request_length: '123', bytes_sent: '456' }
    expect(parse(other)).toEqual(expected)
  })
  test('by its ISO time when it has no msec', () => {
    const other = { ...whole, msec: '-', time_iso8601: '2025-10-01T00:00:00+02:00' }
    expect(parse(other)).toEqual({ ...expected, timeMs: 1_759_269_600_000 })
  })
  test.each([['-'], [''], [null], [undefined]])('with the integration %j as unknown', integration_id => {
    expect(parse({ ...whole, integration_id })).toEqual({ ...expected, integrationId: '' })
  })
  test('with status 000 as no response', () => {
    expect(parse({ ...whole, status: '000' })).toEqual({ ...expected, status: 0 })
  })
  test('with a customer number that is not quoted', () => {
    expect(parse({ ...whole, client_id: 4711 })).toEqual({ ...expected, clientId: '4711' })
  })
  test('with the fields that the operator chose', () => {
    const shipped = findDeclaration('nginx-json')
    if (shipped === undefined) throw new Error('nginx-json is not declared')
    const own = { client: 'consumer', time: [{ field: 't', as: 'unix_s' as const }] }
    const bytes = { requestBytes: { field: 'in' }, responseBytes: { field: 'out' } }
    const chosen = openDeclared({ ...shipped, ...own, ...bytes }, null)
    const line = {
      consumer: 'nordlys-as',
      integration_id: 'regnskap',
      t: whole.msec,
      status: 200,
      in: 123,
      out: 456,
    }
    expect(chosen.parseLine(Buffer.from(JSON.stringify(line)))).toEqual(expected)
  })
})

test.each([[''], [' '], ['\r'], ['\t \r']])('%j is blank', line =>
  expect(parse(line)).toEqual({ kind: 'blank' }),
)

describe('a line is rejected', () => {
  test.each([
    [{ client_id: undefined }, 'client_missing'],
    [{ client_id: '' }, 'client_missing'],
    [{ client_id: '-' }, 'client_missing'],
    [{ client_id: ['a'] }, 'client_invalid'],
    [{ client_id: 'x'.repeat(257) }, 'client_invalid'],
    [{ client_id: 'a\u0000' }, 'client_invalid'],
    [{ integration_id: { a: 1 } }, 'integration_invalid'],
    [{ integration_id: 'a\u0007' }, 'integration_invalid'],
    [{ msec: undefined }, 'field_missing'],
    [{ msec: 'yesterday' }, 'time_invalid'],
    [{ msec: '-1759269600.123' }, 'time_invalid'],
    [{ msec: '1759269600123' }, 'time_invalid'],
    [{ msec: '17592696001.000' }, 'time_invalid'],
    [{ msec: undefined, time_iso8601: '2025-10-01T00:00:00' }, 'time_invalid'],
    [{ status: undefined }, 'field_missing'],
    [{ status: 401 }, 'client_unauthenticated'],
    [{ status: '407' }, 'client_unauthenticated'],
    [{ status: '1000' }, 'status_invalid'],
    [{ status: true }, 'status_invalid'],
    [{ status: 'OK' }, 'status_invalid'],
    [{ status: 42 }, 'status_invalid'],
    [{ status: -200 }, 'status_invalid'],
    [{ request_length: undefined }, 'field_missing'],
    [{ request_length: -1 }, 'bytes_invalid'],
    [{ request_length: '-1' }, 'bytes_invalid'],
    [{ bytes_sent: 1.5 }, 'bytes_invalid'],
    [{ bytes_sent: 1e300 }, 'bytes_invalid'],
    [{ bytes_sent: 2 ** 36 }, 'bytes_invalid'],
    [{ bytes_sent: true }, 'bytes_invalid'],
  ])('with %j', (changed, reason) => {
    expect(parse({ ...whole, ...changed })).toMatchObject({ kind: 'rejected', reason })
  })

  test.each([
    ['{"msec":"1759269600.123","client_id":"nord', 'line_truncated'],
    ['{', 'line_truncated'],
    ['{"a":1}{"b":2}', 'line_not_json'],
    ['{"a":{"b":1}', 'line_not_json'],
    ['[1]', 'line_not_json'],
    ['null', 'line_not_json'],
    ['hello', 'line_not_json'],
    ['1.2.3.4 - - [01/Oct/2026:00:00:00 +0200] "GET / HTTP/1.1" 200 1', 'line_not_json'],
  ])('%s', (line, reason) => expect(parse(line)).toMatchObject({ kind: 'rejected', reason }))

  test('that is not UTF-8, and can not be read', () => {
    const line = Buffer.from('{"path":"/\u00ff', 'latin1')
    expect(format.parseLine(line)).toMatchObject({ kind: 'rejected', reason: 'line_not_utf8' })
  })

  test('whose client is not UTF-8: two broken names must not become one', () => {
    const line = Buffer.from(JSON.stringify({ ...whole, client_id: 'a\u00ff' }), 'latin1')
    expect(format.parseLine(line)).toMatchObject({ kind: 'rejected', reason: 'client_invalid' })
  })

  test('without a word of what it holds', () => {
    const secret = 's3cr3t-k3y'
    for (const field of Object.keys(whole)) {
      expect(JSON.stringify(parse({ ...whole, [field]: `${secret}\u0000` }))).not.toContain(secret)
    }
  })
})

test('a field is not what every object inherits', () => {
  expect(
    openGatewayFormat('nginx-json', { client: 'constructor' }).parseLine(Buffer.from(JSON.stringify(whole))),
  ).toMatchObject({
    reason: 'client_missing',
  })
})

/** 401 and 407 count for nobody. */
const isAnswerToSomebody = (status: number) => status !== 401 && status !== 407

test('parsing what was rendered gives the same', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 50 })
    .filter(text => readName(text) === text)
  const request = fc.record({
    kind: fc.constant('request' as const),
    clientId: name,
    integrationId: fc.oneof(name, fc.constant('')),
    timeMs: fc.integer({ min: 946_684_800_000, max: 4_102_444_799_999 }),
    status: fc.oneof(fc.constant(0), fc.integer({ min: 100, max: 599 }).filter(isAnswerToSomebody)),
    requestBytes: fc.integer({ min: 0, max: 2 ** 36 - 1 }),
    responseBytes: fc.integer({ min: 0, max: 2 ** 36 - 1 }),
  })
  const number = (value: number, quoted: boolean) => (quoted ? String(value) : value)
  fc.assert(
    fc.property(request, fc.boolean(), fc.string(), (value, quoted, path) => {
      const seconds = `${Math.floor(value.timeMs / 1000)}.${String(value.timeMs % 1000).padStart(3, '0')}`
      const line = {
        msec: quoted ? seconds : Number(seconds),
        client_id: value.clientId,
        integration_id: value.integrationId,
        path,
        status: number(value.status, quoted),
        request_length: number(value.requestBytes, quoted),
        bytes_sent: number(value.responseBytes, quoted),
      }
      expect(parse(line)).toEqual(value)
    }),
  )
})

test('any bytes at all, and any JSON, are answered and never throw', () => {
  const kinds = ['request', 'blank', 'rejected']
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), raw => kinds.includes(format.parseLine(raw).kind)))
  fc.assert(fc.property(fc.json(), text => kinds.includes(parse(text).kind)))
  const changed = fc.dictionary(fc.constantFrom(...Object.keys(whole)), fc.jsonValue({ maxDepth: 1 }))
  fc.assert(fc.property(changed, fields => kinds.includes(parse({ ...whole, ...fields }).kind)))
})

test('a request for a path that is not UTF-8 counts like any other: it must not be free', () => {
  const odd = Buffer.from(JSON.stringify({ ...whole, path: '/\u00ff' }), 'latin1')
  expect(format.parseLine(odd)).toEqual(parse(JSON.stringify(whole)))
})
