import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openGatewayFormat } from './formats.ts'

const FOLDER = '../../test/samples/gateways/'

type Tally = {
  readonly lines: number
  readonly clients: Readonly<Record<string, number>>
  readonly statuses: Readonly<Record<string, number>>
  readonly rejected: Readonly<Record<string, number>>
  readonly bytes: number
}

function tally(sample: string, format: string, client?: string): Tally {
  const raw = gunzipSync(readFileSync(new URL(`${FOLDER}${sample}.log.gz`, import.meta.url)))
  const parsed = openGatewayFormat(format, { client }).parseValue(raw)
  const requests = parsed.filter(each => each.kind === 'request')
  const rejected = parsed.filter(each => each.kind === 'rejected')
  expect(requests.length + rejected.length).toBe(parsed.length)
  return {
    lines: parsed.length,
    clients: count(requests.map(each => each.clientId)),
    statuses: count(requests.map(each => String(each.status))),
    rejected: count(rejected.map(each => each.reason)),
    bytes: requests.reduce((sum, each) => sum + each.requestBytes + each.responseBytes, 0),
  }
}

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

type Counted = {
  readonly total: number
  readonly status: Readonly<Record<string, number>>
  readonly user?: Readonly<Record<string, number>>
  readonly key?: Readonly<Record<string, number>>
}

function countedBy(client: string): Counted {
  return JSON.parse(readFileSync(new URL(`${FOLDER}${client}.client.json`, import.meta.url), 'utf8'))
}

test('Caddy: each answer that the client saw, but for what was turned away before a handler', () => {
  const { status } = countedBy('caddy')
  const { statuses, rejected } = tally('caddy', 'caddy', 'request.remote_ip')
  expect(rejected).toEqual({})
  for (const code of ['101', '200', '204', '304', '404', '405', '503']) {
    expect(statuses[code], code).toBe(status[code])
  }
  // A malformed request is in no line; who went away is one of 499 or 502.
  expect(Object.keys(statuses).filter(code => !(code in status))).toEqual(['499'])
})

test('Caddy: a header that came several times names nobody, and one names who sent it', () => {
  const { clients, rejected } = tally('caddy', 'caddy', 'request.headers.X-Api-Key')
  expect(clients).toEqual({ 'key-nordlys': 100, 'key-fjord': 76, 'key-smorbrod': 76, 'key-quote': 157 })
  expect(rejected).toEqual({ client_missing: 81 })
  expect(tally('caddy', 'caddy').rejected).toEqual({ client_missing: 490 })
})

test('Envoy: each answer that the client saw, whatever is in a path', () => {
  const { total, status } = countedBy('envoy')
  const { lines, statuses, rejected } = tally('envoy-default', 'envoy', 'authority')
  // An idle connection never became a request.
  expect(lines).toBe(total - 1)
  // The host is missing where the request could not be parsed. A quote in a user agent makes it unsure, once each.
  expect(rejected).toEqual({ client_missing: (status['400'] ?? 0) + (status['408'] ?? 0), line_truncated: 2 })
  expect(statuses).toEqual({ 0: 3, 101: 1, 200: (status['200'] ?? 0) - 1, 204: 9, 404: 22, 405: 3, 503: 18 })
})

test('Envoy, JSON: a client as often as its key was sent, but for what could not be parsed', () => {
  const { clients, rejected, lines } = tally('envoy-json', 'envoy-json')
  const { key = {} } = countedBy('envoy')
  expect(Object.keys(clients).sort()).toEqual(
    Object.keys(key)
      .filter(name => name !== '-')
      .sort(),
  )
  for (const [name, requests] of Object.entries(clients)) {
    expect(requests, name).toBeLessThanOrEqual(key[name] ?? 0)
    expect(requests, name).toBeGreaterThanOrEqual((key[name] ?? 0) - 6)
  }
  expect(rejected).toEqual({
    client_missing: lines - Object.values(clients).reduce((sum, each) => sum + each),
  })
})

test('HAProxy, HTTP: each answer that the client saw, two that were asked by hand, and an idle connection', () => {
  const { total, status } = countedBy('haproxy-httplog')
  const { lines, statuses, rejected } = tally('haproxy-httplog', 'haproxy-http', 'client_addr')
  // Two are of another format: HAProxy wrote two to one file.
  expect(rejected).toEqual({ line_not_combined: 2 })
  expect(lines - 2).toBe(total + 1)
  const { none: _unanswered, ...answered } = status
  const more = { 200: (status['200'] ?? 0) + 2, 400: (status['400'] ?? 0) + 1 }
  expect(statuses).toEqual({ ...answered, ...more })
})

test('HAProxy, HTTP: the header that was captured, and nobody where none was', () => {
  const { clients, rejected } = tally('haproxy-httplog', 'haproxy-http', 'captured1')
  expect(clients).toEqual({ 'key-nordlys': 116, 'key-fjord': 95, 'key-smorbrod': 94, 'key-quote': 197 })
  expect(rejected).toEqual({ client_missing: 141, line_not_combined: 2 })
})

test('HAProxy, CLF: each answer that the client saw, and an idle connection', () => {
  const { status } = countedBy('haproxy-clf')
  const { none: _unanswered, ...answered } = status
  const { statuses, rejected } = tally('haproxy-clf', 'haproxy-clf', 'remote_addr')
  expect(rejected).toEqual({})
  expect(statuses).toEqual({ ...answered, 400: (status['400'] ?? 0) + 1 })
})

test('HAProxy, JSON: a line that was cut at 1 024 bytes is a request like any other', () => {
  const { statuses, rejected } = tally('haproxy-json', 'haproxy-json', 'msec')
  const { none: _unanswered, ...answered } = countedBy('haproxy-json').status
  const more = { 200: (answered['200'] ?? 0) + 2, 400: (answered['400'] ?? 0) + 1 }
  expect(rejected).toEqual({})
  expect(statuses).toEqual({ ...answered, ...more })
  expect(tally('haproxy-json', 'nginx-json', 'msec').rejected).toEqual({ line_truncated: 2 })
})

test('morgan and pino-http, in one process: the same requests, answers and bytes', () => {
  const morgan = tally('morgan', 'morgan', 'remote_addr')
  const pino = tally('pino-http', 'pino-http', 'req.remoteAddress')
  expect(morgan).toMatchObject({
    lines: 371,
    rejected: {},
    statuses: { 0: 1, 200: 335, 204: 8, 404: 11, 503: 16 },
  })
  expect(pino.statuses).toEqual(morgan.statuses)
  expect(pino.rejected).toEqual({})
})

/** What the client called itself, but for the names that can't be told from other fields. */
const ODD_USERS: readonly string[] = [
  'nordlys-as',
  'fjord as',
  'smørbrød-as',
  'qu"ote',
  'back\\slash',
  'a [b] c',
  'x] "y',
  "o'brien",
]

test('morgan: users as they were sent, unescaped', () => {
  const { clients, rejected } = tally('morgan', 'morgan', 'remote_user')
  expect(Object.keys(clients).toSorted()).toEqual(ODD_USERS.toSorted())
  expect(rejected).toEqual({ client_invalid: 90, client_missing: 32 })
})

test('Varnish: each user as often as the client sent it; an empty one is missing', () => {
  const { user = {}, total } = countedBy('varnish')
  const { '': _empty, '-': nobody = 0, '- - [': _odd, 'tab\there': doubtful = 0, ...named } = user
  const { lines, clients, rejected } = tally('varnish', 'varnish', 'remote_user')
  // A connection without a request is in no line.
  expect(lines).toBe(total - 1)
  expect(clients).toEqual(named)
  // A user of dashes and brackets could as well be another field.
  expect(rejected).toEqual({ client_missing: nobody, client_invalid: doubtful, line_not_combined: 1 })
})

test.each([
  ['squid', 'squid', { 0: 2 }],
  ['lighttpd', 'lighttpd', {}],
  // It writes no line of what it could not parse.
  ['h2o', 'h2o', { 400: 1 }],
])('%s: each answer that the client saw', (sample, format, changed) => {
  const { none: _unanswered, ...answered } = countedBy(sample).status
  const { statuses, rejected } = tally(sample, format, 'remote_addr')
  expect(rejected).toEqual({})
  expect(statuses).toEqual({ ...answered, ...changed })
})

test('lighttpd: who has passed its authentication, and nobody else', () => {
  const { clients, rejected, lines } = tally('lighttpd', 'lighttpd', 'remote_user')
  expect(Object.keys(clients).toSorted()).toEqual(ODD_USERS.toSorted())
  expect(rejected).toEqual({ client_missing: lines - 60 })
  expect(tally('lighttpd', 'combined', 'remote_addr').rejected).toMatchObject({ line_not_combined: 138 })
})
