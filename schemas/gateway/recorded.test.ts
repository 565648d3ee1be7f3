import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openGatewayFormat } from './formats.ts'

/** Logs of gateways that test/support/gateways drove, held against what the client counted: by answer and by byte. */

const FOLDER = '../../test/samples/gateways/'

/** Traefik's own 404. */
const NO_ROUTE_BYTES = 19

type Use = { readonly requests: number; readonly requestBytes: number; readonly responseBytes: number }
type Counted = {
  readonly total: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly status: Readonly<Record<string, number>>
  readonly user: Readonly<Record<string, Use>>
}

function countedBy(sample: string): Counted {
  return JSON.parse(readFileSync(new URL(`${FOLDER}${sample}.client.json`, import.meta.url), 'utf8'))
}

function read(sample: string, format: string, client?: string) {
  const raw = gunzipSync(readFileSync(new URL(`${FOLDER}${sample}.log.gz`, import.meta.url)))
  const parsed = openGatewayFormat(format, { client }).parseValue(raw)
  const requests = parsed.flatMap(each => (each.kind === 'request' ? [each] : []))
  const status: Record<string, number> = {}
  const user: Record<string, Use> = {}
  for (const each of requests) {
    status[each.status] = (status[each.status] ?? 0) + 1
    const use = user[each.clientId] ?? { requests: 0, requestBytes: 0, responseBytes: 0 }
    user[each.clientId] = {
      requests: use.requests + 1,
      requestBytes: use.requestBytes + each.requestBytes,
      responseBytes: use.responseBytes + each.responseBytes,
    }
  }
  const rejected = parsed.flatMap(each => (each.kind === 'rejected' ? [each.reason] : []))
  const requestBytes = requests.reduce((sum, each) => sum + each.requestBytes, 0)
  const responseBytes = requests.reduce((sum, each) => sum + each.responseBytes, 0)
  return { lines: parsed.length, status, user, rejected, requestBytes, responseBytes }
}

test.each(['istio', 'istio-json'])('%s: what the client counted, and one TCP connection', format => {
  const counted = countedBy('istio')
  const got = read(format, format, 'start_time')
  expect(got.rejected).toEqual([])
  expect(got).toMatchObject({ lines: counted.total + 1 })
  expect(got.status).toEqual({ ...counted.status, 0: 1 })
  expect(got.requestBytes).toBe(counted.requestBytes + 700)
  expect(got.responseBytes).toBe(counted.responseBytes + 2_000)
})

test('istio: a quote in a user agent makes what stands behind it unsure', () => {
  const { user, rejected } = read('istio', 'istio', 'downstream_remote_address')
  expect(rejected).toEqual(['line_truncated'])
  expect(Object.keys(user)).toEqual(['127.0.0.1'])
})

test('traefik-json: each user has what the client counted for it, and 401 is nobody', () => {
  const { '-': nobody, ...users } = countedBy('traefik').user
  const { '127.0.0.1': _, ...got } = read('traefik-json', 'traefik-json').user
  const own = users['nordlys-as']
  // One answer came before the password was asked: it is nobody's, though the client had named itself.
  expect(own?.requests).toBeGreaterThan(20)
  expect(got).toEqual({
    ...users,
    'nordlys-as': {
      requests: (own?.requests ?? 0) - 1,
      requestBytes: own?.requestBytes,
      responseBytes: (own?.responseBytes ?? 0) - NO_ROUTE_BYTES,
    },
  })
  expect(nobody?.requests).toBe(2)
})

test('traefik-json: by address, every answer that the client saw', () => {
  const { total, status, requestBytes, responseBytes } = countedBy('traefik')
  const got = read('traefik-json', 'traefik-json', 'ClientHost')
  expect(got).toMatchObject({ lines: total, rejected: [], status, requestBytes, responseBytes })
})

test('traefik-clf: the same, but for lines with a quote in a user or a path, which are rejected', () => {
  const { total, status, responseBytes, user } = countedBy('traefik')
  const quoted = user['qu"ote']
  const path = { requests: 1, responseBytes: 10 }
  const rejected = Array((quoted?.requests ?? 0) + path.requests).fill('line_not_combined')
  expect(read('traefik-clf', 'traefik-clf', 'remote_addr')).toMatchObject({
    lines: total,
    rejected,
    status: { ...status, 200: (status['200'] ?? 0) - rejected.length },
    requestBytes: 0,
    responseBytes: responseBytes - (quoted?.responseBytes ?? 0) - path.responseBytes,
  })
})

test('Spring Cloud Gateway: what the client counted, but for two that are in no line', () => {
  const counted = countedBy('spring-cloud-gateway')
  const got = read('spring-cloud-gateway', 'spring-cloud-gateway')
  // The answer that the client left, and one that it got whole on a connection that ended with it.
  const left = { requests: 2, bytes: 888 + 10 }
  expect(got.rejected).toEqual([])
  expect(got.lines).toBe(counted.total - left.requests)
  expect(got.status).toEqual({ ...counted.status, 200: (counted.status['200'] ?? 0) - left.requests })
  expect(got.responseBytes).toBe(counted.responseBytes - left.bytes)
  // A request's body is in no line.
  expect(got.requestBytes).toBe(0)
})

test.each([
  ['morgan', '127.0.0.1 - - [01/Oct/2026:12:00:00 +0000] "HEAD / HTTP/1.1" 200 741 "-" "-"'],
  ['morgan', '127.0.0.1 - - [01/Oct/2026:12:00:00 +0000] "GET / HTTP/1.1" 304 741 "-" "-"'],
  ['spring-cloud-gateway', '127.0.0.1 - - [01/Oct/2026:12:00:00 +0000] "HEAD / HTTP/1.1" 200 741 3'],
  [
    'pino-http',
    '{"time":1790856000000,"req":{"method":"HEAD","url":"/","headers":{},"remoteAddress":"127.0.0.1"},' +
      '"res":{"statusCode":200,"headers":{"content-length":"741"}}}',
  ],
])('%s: the Content-Length of an answer without a body counts for nothing', (format, line) => {
  const client = { morgan: 'remote_addr', 'pino-http': 'req.remoteAddress' }[format]
  const { parseLine } = openGatewayFormat(format, { client })
  expect(parseLine(Buffer.from(line))).toMatchObject({ kind: 'request', responseBytes: 0 })
  const withBody = line.replace('HEAD', 'GET').replace(' 304 ', ' 200 ')
  expect(parseLine(Buffer.from(withBody))).toMatchObject({ kind: 'request', responseBytes: 741 })
})
