import { describe, expect, test } from 'vitest'
import { findDeclaration } from './declarations.ts'
import { openDeclared, openGatewayFormat, readOwnDeclaration } from './formats.ts'
import type { ParsedLine } from './gateway-format.ts'

/** More of the kinds of `cases.test.ts`: whole values, of which each line has its answer. */

const TIME = '[01/Oct/2026:12:00:01 +0200]'
const clf = ({ address = '192.0.2.7', user = 'u', time = TIME, status = '200', bytes = '70' } = {}) =>
  `${address} - ${user} ${time} "GET /a HTTP/1.1" ${status} ${bytes}`
const CLF = clf()
const line = (fields: object) =>
  JSON.stringify({
    msec: 1_790_848_801,
    client_id: 'a',
    status: 200,
    request_length: 1,
    bytes_sent: 2,
    ...fields,
  })

/** Client, status and bytes in all; or the reason. */
function tell(parsed: ParsedLine): string {
  if (parsed.kind !== 'request') return parsed.kind === 'blank' ? 'blank' : parsed.reason
  return `${parsed.clientId} ${parsed.status} ${parsed.requestBytes + parsed.responseBytes}`
}
const read = (format: string, client: string | undefined, text: string) =>
  openGatewayFormat(format, { client }).parseValue(Buffer.from(text)).map(tell)

describe('statuses', () => {
  test.each([
    ...['00', '099', '0200', '1000', '-2', '--', '+200', '200.0', '2OO', '２００', '1e2', '000000'].map(
      status => [status, 'status_invalid'],
    ),
    ...['-', '0', '-1', '000', '009', ''].map(status => [status, 'u 0 70']),
    ...['100', '199', '460', '499', '599'].map(status => [status, `u ${status} 70`]),
    ...['600', '700', '999'].map(status => [status, 'u 500 70']),
  ])('%j is %s', (status, answer) =>
    expect(read('combined', 'remote_user', clf({ status }))).toEqual([answer]),
  )

  test.each<[unknown, string]>([
    [99, 'status_invalid'],
    [200.5, 'status_invalid'],
    [true, 'status_invalid'],
    [[200], 'status_invalid'],
    [0, 'a 0 3'],
    ['009', 'a 0 3'],
    ['', 'a 0 3'],
    [460, 'a 460 3'],
  ])('%j in JSON is %s', (status, answer) =>
    expect(read('nginx-json', undefined, line({ status }))).toEqual([answer]),
  )
})

describe('bytes', () => {
  test.each([
    ['-', 'u 200 0'],
    ['07', 'u 200 7'],
    ['68719476735', 'u 200 68719476735'],
    ['', 'line_truncated'],
    ...['-5', '+5', '5.0', '1e3', '70B', '٧', '68719476736', '9007199254740993'].map(bytes => [
      bytes,
      'bytes_invalid',
    ]),
  ])('%j are %s', (bytes, answer) =>
    expect(read('combined', 'remote_user', clf({ bytes }))).toEqual([answer]),
  )
})

describe('names', () => {
  test.each([
    ['a  b', 'a  b'],
    ['[x]', '[x]'],
    ['-x', '-x'],
    ['a@b.no', 'a@b.no'],
    ['CN=Acme AS,O=Acme', 'CN=Acme AS,O=Acme'],
    ['a\\x20b', 'a b'],
    ['e\u0301', 'é'],
    ['nord\\xC3\\xB8', 'nordø'],
    ['DOMAIN\\ola', 'DOMAIN\\ola'],
  ])('%s is %s', (user, name) =>
    expect(read('combined', 'remote_user', clf({ user }))).toEqual([`${name} 200 70`]),
  )

  test.each([
    ['\\x22\\x22', 'client_missing'],
    ['""', 'client_missing'],
    ['', 'client_missing'],
    ['"a b"', 'line_not_combined'],
    ['" "', 'line_not_combined'],
    [`x ${TIME}`, 'line_not_combined'],
    ['x [01/Jan/2026:00:00:00 +0000]', 'line_not_combined'],
    ['a\u00ad', 'client_invalid'],
    ['\u0000', 'client_invalid'],
    ['a\\x00', 'client_invalid'],
  ])('%s is none', (user, reason) => expect(read('combined', 'remote_user', clf({ user }))).toEqual([reason]))
})

describe('what stands before a line', () => {
  test.each([
    ...[
      'access.log:',
      'INFO: ',
      'nginx-1 | ',
      '> ',
      '\u001b[32m',
      '2026-10-01T12:00:01Z ',
      'api.test:443 ',
      '- - ',
    ],
    ...['10.0.0.1, ', '"', '192.0.2.9 ', 'x=1 ', '123 <134>1 2026-10-01T12:00:01Z gw nginx 1 - - '],
  ])('%j is no part of it', prefix =>
    expect(read('combined', 'remote_user', prefix + CLF)).toEqual(['line_not_combined']),
  )

  test.each(['[2001:db8::1]', '[2001:db8::1]:5000', '192.0.2.7:5000', '192.0.2.256', '::g'])(
    '%s is no address',
    address => expect(read('combined', 'remote_user', clf({ address }))).toEqual(['line_not_combined']),
  )

  test.each([
    '<134>1 2026-10-01T12:00:01.123456+02:00 gw nginx - - [a b="c ] d"] ',
    '<134>1 2026-10-01T12:00:01Z gw nginx - - [a b="\\]"][c d="e"] \ufeff',
    '<134>1 - - - - - - ',
    '<134>Oct  1 12:00:01 nginx: ',
  ])('syslog’s %j is taken off', prefix =>
    expect(read('syslog+combined', 'remote_user', prefix + CLF)).toEqual(['u 200 70']),
  )

  test('a container runtime’s tags are taken off, and a part of a line is none', () => {
    const runtime = '2026-10-01T12:00:01.151123456+02:00 stdout '
    expect(read('cri+combined', 'remote_user', `${runtime}F:x ${CLF}\n${runtime}P ${CLF}`)).toEqual([
      'u 200 70',
      'line_truncated',
    ])
  })
})

describe('times', () => {
  test.each([
    ...['[1/Oct/2026:12:00:01 +0200]', '[01/Oct/2026:12:00:01]', '[01/Oct/2026:12:00:01 +02:00]'],
    ...['[01/Oct/2026:12:00:01 Z]', '[31/Sep/2026:12:00:01 +0200]', '[01/Oct/0026:12:00:01 +0200]'],
    ...['[01/Oct/2026:12:00:01 +0260]', '[01/10/2026:12:00:01 +0200]', '[2026-10-01T12:00:01+02:00]'],
  ])('%s is none', time => expect(read('combined', 'remote_user', clf({ time }))).toEqual(['time_invalid']))

  const own = (as: string) => {
    const declared = { ...findDeclaration('nginx-json'), format: 'mine', time: [{ field: 'msec', as }] }
    return openDeclared(readOwnDeclaration(JSON.stringify(declared), './mine.json'), null)
  }
  const MOMENT_MS = 1_790_848_801_000
  test.each([
    ['unix_s', 1],
    ['unix_ms', 1e3],
    ['unix_us', 1e6],
    ['unix_ns', 1e9],
  ])('%s is never taken for another unit', (as, unit) => {
    for (const other of [1, 1e3, 1e6, 1e9]) {
      const msec = BigInt(MOMENT_MS / 1_000) * BigInt(other)
      const parsed = own(as).parseLine(Buffer.from(line({}).replace('1790848801', String(msec))))
      expect(parsed).toMatchObject(other === unit ? { timeMs: MOMENT_MS } : { reason: 'time_invalid' })
    }
    const told = own(as).parseLine(Buffer.from(line({ msec: '2026-10-01T12:00:01+02:00' })))
    expect(told).toMatchObject({ timeMs: MOMENT_MS })
    expect(own(as).parseLine(Buffer.from(line({ msec: '2026-10-01T12:00:01' })))).toMatchObject({
      reason: 'time_invalid',
    })
  })
})

describe('columns that a file names', () => {
  test('again in its middle, in another order, fewer, and none', () => {
    const log = [
      '#Fields: date time cs-username sc-status sc-bytes cs-bytes',
      '2026-10-01 12:00:01 a 200 5 9',
      '#Fields: cs-username date time sc-status sc-bytes cs-bytes',
      'b 2026-10-01 12:00:01 200 5 9',
      '#Fields: date time sc-status',
      '2026-10-01 12:00:01 200',
      '#Remark: none',
      '#Fields: date time cs-username sc-status sc-bytes cs-bytes  ',
      '2026-10-01 12:00:01 c+d 200 5 9',
      '2026-10-01 12:00:01 c 200 5',
      '2026-10-01 12:00:01 c 200 5 9 7',
    ]
    const answers = read('iis', undefined, log.join('\n')).filter(answer => answer !== 'blank')
    expect(answers).toEqual([
      'a 200 14',
      'b 200 14',
      'field_missing',
      'c d 200 14',
      'line_truncated',
      'line_not_combined',
    ])
  })

  test('without one for the id of a request, which is then known by its place', () => {
    const log = [
      '#Fields: time date c-ip sc-status sc-bytes cs-bytes',
      '12:00:01\t2026-10-01\t192.0.2.7\t200\t5\t-',
    ]
    expect(read('cloudfront', 'c-ip', log.join('\n'))).toEqual(['blank', '192.0.2.7 200 5'])
  })
})

describe('HAProxy', () => {
  const HTTP =
    '192.0.2.7:5000 [01/Oct/2026:12:00:01.123] f b/s 0/0/0/1/1 200 741 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"'
  test.each<[string, string, string]>([
    [
      'cut at 1 024 bytes',
      HTTP.replace('/ HTTP', `/${'a'.repeat(2_000)} HTTP`).slice(0, 1_024),
      '192.0.2.7 200 741',
    ],
    ['cut within the status', HTTP.slice(0, 60), 'line_truncated'],
    ['logged before its end', HTTP.replace('741', '+741'), 'bytes_invalid'],
    ['that nobody answered', HTTP.replace(' 200', ' -1'), '192.0.2.7 0 741'],
    ['of IPv6', HTTP.replace('192.0.2.7', '2001:db8::1'), '2001:db8::1 200 741'],
    ['of nobody', HTTP.replace('192.0.2.7:5000', '-:-'), 'line_not_combined'],
    [
      'that is a message',
      '192.0.2.7:5000 [01/Oct/2026:12:00:01.123] f/1: SSL handshake failure',
      'line_truncated',
    ],
  ])('a line %s', (_what, text, answer) =>
    expect(read('haproxy-http', 'client_addr', text)).toEqual([answer]),
  )
})

describe('CSV', () => {
  const csv = {
    ...findDeclaration('combined'),
    ...{ format: 'mine', fields: {}, client: 'who', requestBytes: null, responseBytes: { field: 'bytes' } },
    text: { syntax: 'delimited', separator: ',', columns: ['t', 'who', 'status', 'bytes'] },
    time: [{ field: 't', as: 'iso8601', offset: 'Z' }],
  }
  const format = openDeclared(readOwnDeclaration(JSON.stringify(csv), './mine.json'), null)
  test.each([
    ['"a,b"', 'a,b 200 5'],
    ['"a""b"', 'a"b 200 5'],
    ['a"b', 'a"b 200 5'],
    ['"\\"', '\\ 200 5'],
    [' a ', 'a 200 5'],
    ['""', 'client_missing'],
    [' "a" ', 'line_truncated'],
    ['\t"a"', 'line_truncated'],
    ['"a"b', 'line_truncated'],
    ['"a" ', 'line_truncated'],
    ['"a', 'line_truncated'],
    [',', 'line_not_combined'],
  ])('%s is %s', (who, answer) =>
    expect(tell(format.parseLine(Buffer.from(`2026-10-01T12:00:01,${who},200,5`)))).toBe(answer),
  )
})
