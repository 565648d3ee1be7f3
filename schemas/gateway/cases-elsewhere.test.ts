import { describe, expect, test } from 'vitest'
import { findDeclaration } from './declarations.ts'
import { openDeclared, openGatewayFormat, readOwnDeclaration } from './formats.ts'
import type { ParsedLine } from './gateway-format.ts'

/** The kinds of `cases.test.ts` in other formats and syntaxes: what is read, or why it is not. */

const TIME = '[01/Oct/2026:12:00:01 +0200]'
const REQUEST = '"GET /a HTTP/1.1"'
const CLF = `192.0.2.7 - nordlys-as ${TIME} ${REQUEST} 200 70`
const TRAEFIK = '"-" "curl/8" 1 "r" "http://10.0.0.1:80" 1ms'
const SQUID = '1790848801.123 12 192.0.2.7 TCP_MISS/200 741 GET http://a/'
const HAPROXY =
  '192.0.2.7:5000 [01/Oct/2026:12:00:01.123] f b/s 0/0/0/1/1 200 741 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"'

function json(fields: object): string {
  const line = { msec: '1790848801.000', client_id: 'nordlys-as', status: '200', request_length: 1 }
  return JSON.stringify({ ...line, bytes_sent: 69, ...fields })
}

const OWN = {
  ...findDeclaration('combined'),
  ...{ format: 'my-gateway', fields: {}, client: 'who', requestBytes: null },
  responseBytes: { field: 'bytes', zeroIfMissing: true },
}
const KEY_VALUE = { text: { syntax: 'key_value' }, time: [{ field: 't', as: 'unix_ms' }] }
const CSV = {
  text: { syntax: 'delimited', separator: ';', columns: ['t', 'who', 'app', 'status', 'bytes'] },
  ...{ integration: 'app', time: [{ field: 't', as: 'iso8601', offset: '+02:00' }] },
}

function open(format: string, client: string | undefined) {
  const own = { 'key=value': KEY_VALUE, csv: CSV }[format]
  if (own === undefined) return openGatewayFormat(format, { client })
  return openDeclared(readOwnDeclaration(JSON.stringify({ ...OWN, ...own }), './my.json'), null)
}

/** Client, class of status, bytes in all; or the reason. */
function tell(parsed: ParsedLine): string {
  if (parsed.kind !== 'request') return parsed.kind === 'blank' ? 'blank' : parsed.reason
  const { clientId, integrationId, status, requestBytes, responseBytes } = parsed
  const name = integrationId === '' ? clientId : `${clientId} through ${integrationId}`
  return `${name} ${Math.floor(status / 100)}xx ${requestBytes + responseBytes}`
}

type Case = readonly [format: string, client: string | undefined, line: string, answer: string]

const CASES: Readonly<Record<string, readonly Case[]>> = {
  'nothing before a line becomes part of a name': [
    ['lighttpd', 'remote_user', `gw-1 ${CLF.replace(' - ', ' api.example.test ')}`, 'line_not_combined'],
    ['lighttpd', 'remote_user', `gw-1 ${CLF.replace(' - ', ' localhost ')}`, 'line_not_combined'],
    ['lighttpd', 'remote_user', `198.51.100.7 ${CLF.replace(' - ', ' a.test ')}`, 'line_not_combined'],
    ['h2o', 'remote_user', `198.51.100.7, ${CLF} "-" "-"`, 'line_not_combined'],
    ['varnish', 'remote_addr', `Oct  1 12:00:01 gw-1 varnishncsa[7]: ${CLF} "-" "-"`, 'line_not_combined'],
    ['syslog+varnish', 'remote_user', `Oct  1 12:00:01 gw-1 v[7]: ${CLF} "-" "-"`, 'nordlys-as 2xx 70'],
    ['traefik-clf', 'remote_user', `api.example.test ${CLF} ${TRAEFIK}`, 'line_not_combined'],
    ['haproxy-http', 'client_addr', `Oct  1 12:00:01 gw-1 haproxy[7]: ${HAPROXY}`, 'line_not_combined'],
    ['syslog+haproxy-http', 'client_addr', `<134>Oct  1 12:00:01 gw-1 h[7]: ${HAPROXY}`, '192.0.2.7 2xx 741'],
    ['squid', 'remote_addr', `gw-1 ${SQUID} - HIER_DIRECT/10.0.0.1 text/html`, 'line_not_combined'],
    ['nginx-json', undefined, `nginx-1  | ${json({})}`, 'line_not_json'],
    ['nginx-json', undefined, json({}) + json({}), 'line_not_json'],
    [
      'key=value',
      undefined,
      'Oct  1 12:00:01 gw-1 app: t=1790848801123 who=a status=200',
      'line_not_combined',
    ],
    ['csv', undefined, '2026-10-01T12:00:01;gw-1;a;;200;5', 'line_not_combined'],
  ],
  'a field too many before the status': [
    ['h2o', 'remote_user', CLF.replace(' 200', ' to: 10.0.0.1:80 200'), 'status_invalid'],
    [
      'spring-cloud-gateway',
      undefined,
      `${CLF.replace(' 200', ' to: 10.0.0.1:80 200')} 12`,
      'status_invalid',
    ],
    ['haproxy-http', 'client_addr', HAPROXY.replace(' 200', ' x 200'), 'status_invalid'],
  ],
  'a name with a space where nothing says where it ends': [
    ['squid', 'user', `${SQUID} fjord as HIER_DIRECT/10.0.0.1 text/html`, 'line_not_combined'],
    ['spring-cloud-gateway', 'remote_user', CLF.replace('nordlys-as', 'fjord as'), 'line_not_combined'],
    ['lighttpd', 'remote_user', CLF.replace(' - nordlys-as', ' a.test fjord as'), 'fjord as 2xx 70'],
  ],
  'an encoded name': [
    ['squid', 'user', `${SQUID} sm%C3%B8rbr%C3%B8d-as HIER_DIRECT/10.0.0.1 -`, 'smørbrød-as 2xx 741'],
    ['squid', 'user', `${SQUID} NORDLYS\\\\ola HIER_NONE/- -`, 'NORDLYS\\ola 2xx 741'],
    ['squid', 'user', `${SQUID} a%FFb HIER_NONE/- -`, 'client_invalid'],
  ],
  'nobody, however that is written': [
    ['traefik-clf', 'remote_user', `192.0.2.7 - "" ${TIME} ${REQUEST} 200 5 ${TRAEFIK}`, 'client_missing'],
    ['traefik-clf', 'remote_addr', `192.0.2.7 - "" ${TIME} ${REQUEST} 200 5 ${TRAEFIK}`, '192.0.2.7 2xx 5'],
    ['h2o', 'remote_user', `192.0.2.7 -  ${TIME} ${REQUEST} 200 5`, 'client_missing'],
    ['spring-cloud-gateway', 'remote_user', `192.0.2.7 - "" ${TIME} ${REQUEST} 200 5 1`, 'client_missing'],
    ['nginx-json', undefined, json({ client_id: '""' }), 'client_missing'],
    ['nginx-json', undefined, json({ client_id: '\u3000' }), 'client_missing'],
    ['key=value', undefined, 't=1790848801123 who= status=200 bytes=5', 'client_missing'],
    ['key=value', undefined, 't=1790848801123 who="" status=200 bytes=5', 'client_missing'],
    ['csv', undefined, '2026-10-01T12:00:01;"";a;200;5', 'client_missing'],
  ],
  'who was refused is nobody': [
    ['squid', 'user', `${SQUID.replace('MISS/200', 'DENIED/407')} a HIER_NONE/- -`, 'client_unauthenticated'],
    [
      'squid',
      'remote_addr',
      `${SQUID.replace('MISS/200', 'DENIED/407')} a HIER_NONE/- -`,
      '192.0.2.7 4xx 741',
    ],
  ],
  'no answer, and an unknown one': [
    ['varnish', 'remote_user', CLF.replace(' 200', ' -'), 'nordlys-as 0xx 70'],
    ['squid', 'remote_addr', `${SQUID.replace('/200', '/000')} - HIER_NONE/- -`, '192.0.2.7 0xx 741'],
    ['nginx-json', undefined, json({ status: -1 }), 'nordlys-as 0xx 70'],
    ['nginx-json', undefined, json({ status: null }), 'nordlys-as 0xx 70'],
    ['nginx-json', undefined, json({ status: 999 }), 'nordlys-as 5xx 70'],
    ['nginx-json', undefined, json({ status: 200.5 }), 'status_invalid'],
    ['nginx-json', undefined, json({ status: ' 200' }), 'status_invalid'],
    ['key=value', undefined, 't=1790848801123 who=a status= bytes=5', 'a 0xx 5'],
    ['key=value', undefined, 't=1790848801123 who=a status=600 bytes=-', 'a 5xx 0'],
    ['csv', undefined, '2026-10-01T12:00:01;a;;009;5', 'a 0xx 5'],
  ],
  'white space and Unicode round a name': [
    ['nginx-json', undefined, json({ client_id: '\ufeff\u00a0nordlys-as\r\n' }), 'nordlys-as 2xx 70'],
    ['nginx-json', undefined, json({ client_id: 'no\u0308rd' }), 'n\u00f6rd 2xx 70'],
    ['nginx-json', undefined, json({ client_id: 'nord\u200blys' }), 'client_invalid'],
    ['nginx-json', undefined, json({ client_id: 'nord\u00a0lys' }), 'client_invalid'],
    ['nginx-json', undefined, json({ client_id: '\u202enordlys' }), 'client_invalid'],
    ['nginx-json', undefined, json({ client_id: ['nordlys'] }), 'client_invalid'],
    ['key=value', undefined, 't=1790848801123 who=" nordlys " status=200', 'nordlys 2xx 0'],
    ['csv', undefined, '2026-10-01T12:00:01; nordlys ; regnskap ;200;5', 'nordlys through regnskap 2xx 5'],
  ],
  'empty and broken fields': [
    ['csv', undefined, '2026-10-01T12:00:01;nordlys;;200;5', 'nordlys 2xx 5'],
    ['csv', undefined, '2026-10-01T12:00:01;nordlys;200;5', 'line_truncated'],
    ['h2o', 'remote_user', `${CLF} "-" "end`, 'nordlys-as 2xx 70'],
    ['haproxy-clf', 'remote_addr', `${CLF} "" "Dalvik (Alba 10" Build/L)"`, '192.0.2.7 2xx 70'],
    ['traefik-clf', 'remote_addr', `${CLF} "-" "a "b" c" 1 "r" "s" 1ms`, 'line_not_combined'],
    ['key=value', undefined, 't=1790848801123 who=a status=200 ua="a \\"b\\""', 'a 2xx 0'],
    ['key=value', undefined, 't=1790848801123 who=a status=200 ua="end\\"', 'line_truncated'],
    ['key=value', undefined, 't=1790848801123 who=a status=200 ua="x" who=b', 'client_invalid'],
    ['key=value', undefined, 't=1790848801123 who=a status=200 status=404', 'status_invalid'],
  ],
  'JSON that is not quite JSON': [
    ['nginx-json', undefined, json({}).replace('69', '69,"t":0.304, 0.200 : -'), 'nordlys-as 2xx 70'],
    ['nginx-json', undefined, json({}).replace('69', '-'), 'field_missing'],
    ['nginx-json', undefined, json({}).replace('nordlys-as', 'sm\\xC3\\xB8r'), 'smør 2xx 70'],
    ['nginx-json', undefined, json({}).replace('nordlys-as', 'a\\xFF'), 'client_invalid'],
    ['haproxy-json', undefined, json({}).replace('69', '69,"ua":"\\x22a\\x22","t":-'), 'nordlys-as 2xx 70'],
    ['caddy', undefined, '{"ts":1790848801.5,"user_id":"\\x41","status":200}', 'line_not_json'],
  ],
  'a byte order mark, or NULs': [
    ['csv', undefined, '\ufeff2026-10-01T12:00:01;a;;200;5\r', 'a 2xx 5'],
    ['squid', 'remote_addr', `\0\0\0${SQUID} - HIER_NONE/- -`, '192.0.2.7 2xx 741'],
    ['key=value', undefined, '\ufefft=1790848801123 who=a status=200', 'a 2xx 0'],
  ],
  'times that are none': [
    ['spring-cloud-gateway', undefined, `${CLF.replace('Oct', 'okt.')} 12`, 'time_invalid'],
    ['h2o', 'remote_user', CLF.replace('Oct', 'OCT'), 'time_invalid'],
    ['csv', undefined, '2026-10-01T23:59:60;a;;200;5', 'time_invalid'],
    ['csv', undefined, '2026-02-29T12:00:01;a;;200;5', 'time_invalid'],
    ['csv', undefined, '2026-10-01T24:00:00;a;;200;5', 'time_invalid'],
    ['csv', undefined, '2026-10-01T12:00:01+15:00;a;;200;5', 'time_invalid'],
    ['csv', undefined, 't;who;app;status;bytes', 'time_invalid'],
    ['key=value', undefined, 't=1790848801 who=a status=200', 'time_invalid'],
    ['nginx-json', undefined, json({ msec: 1790848801000 }), 'time_invalid'],
  ],
}

describe.each(Object.entries(CASES))('%s', (_, cases) => {
  test.each(cases)('%s, %s: %j', (format, client, line, answer) => {
    expect(tell(open(format, client).parseLine(Buffer.from(line)))).toBe(answer)
  })
})

test('columns are named anew however their header is written, or lines would be read by those before', () => {
  const { openFile } = openGatewayFormat('iis')
  const file = openFile?.(null)
  const read = (line: string) => tell(file?.parseLine(Buffer.from(line)) ?? { kind: 'blank' })
  expect(read('\ufeff#Fields: date time cs-username sc-status sc-bytes cs-bytes')).toBe('blank')
  expect(read('2026-10-01 12:00:01 fjord 200 5 9')).toBe('fjord 2xx 14')
  expect(read('2026-10-01 12:00:01  200 5 9')).toBe('client_missing')
  expect(read('2026-10-01 12:00:01 fjord 401 5 9')).toBe('client_unauthenticated')
  for (const header of ['#fields: date time', '# FIELDS : date time']) {
    expect(read(`${header} sc-status sc-bytes cs-bytes cs-username`)).toBe('blank')
    expect(read('2026-10-01 12:00:01 200 5 9 fjord')).toBe('fjord 2xx 14')
    expect(read('#Fields: date time cs-username sc-status sc-bytes cs-bytes')).toBe('blank')
  }
})
