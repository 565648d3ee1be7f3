import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openGatewayFormat } from './formats.ts'

/**
 * What each recorded log comes to, whoever is metered: its lines, the answers by class, the bytes. `none` is by how
 * many requests the client, which counted for itself, is above the lines: connections that never became a request, and
 * what the program turned away before it logs; below, those that were sent by hand.
 */

const FOLDER = '../../test/samples/gateways/'

type Totals = {
  readonly lines: number
  readonly classes: string
  readonly rejected: number
  readonly bytes: number
}
type Sample = readonly [
  sample: string,
  format: string,
  client: string,
  counted: string | null,
  none: number,
  Totals,
]

const SAMPLES: readonly Sample[] = [
  [
    'apache-combined',
    'combined',
    'remote_addr',
    'apache',
    1,
    { lines: 641, classes: '0 0 331 0 290 20', rejected: 0, bytes: 10273078 },
  ],
  [
    'apache-combinedb',
    'combined',
    'remote_addr',
    'apache',
    1,
    { lines: 641, classes: '0 0 331 0 290 20', rejected: 0, bytes: 12241012 },
  ],
  [
    'apache-common',
    'common',
    'remote_addr',
    'apache',
    1,
    { lines: 641, classes: '0 0 331 0 290 20', rejected: 0, bytes: 12241012 },
  ],
  [
    'apache-vhost',
    'combined-vhost',
    'remote_addr',
    'apache',
    1,
    { lines: 641, classes: '0 0 331 0 290 20', rejected: 0, bytes: 10273078 },
  ],
  [
    'caddy',
    'caddy',
    'request.remote_ip',
    'caddy',
    31,
    { lines: 490, classes: '0 1 405 40 24 20', rejected: 0, bytes: 29573391 },
  ],
  [
    'envoy-default',
    'envoy',
    'authority',
    'envoy',
    1,
    { lines: 520, classes: '3 1 442 0 25 18', rejected: 31, bytes: 26334570 },
  ],
  [
    'envoy-json',
    'envoy-json',
    'start_time',
    'envoy',
    1,
    { lines: 520, classes: '3 1 444 0 54 18', rejected: 0, bytes: 26334908 },
  ],
  [
    'h2o',
    'h2o',
    'remote_addr',
    'h2o',
    3,
    { lines: 155, classes: '0 0 124 0 16 15', rejected: 0, bytes: 60472 },
  ],
  [
    'haproxy-clf',
    'haproxy-clf',
    'remote_addr',
    'haproxy-clf',
    1,
    { lines: 400, classes: '0 1 344 0 36 19', rejected: 0, bytes: 48818 },
  ],
  [
    'haproxy-httplog',
    'haproxy-http',
    'client_addr',
    'haproxy-httplog',
    -3,
    { lines: 645, classes: '0 1 548 0 72 22', rejected: 2, bytes: 6594610 },
  ],
  [
    'haproxy-json',
    'haproxy-json',
    'msec',
    'haproxy-json',
    -1,
    { lines: 402, classes: '0 1 346 0 36 19', rejected: 0, bytes: 20105871 },
  ],
  [
    'lighttpd',
    'lighttpd',
    'remote_addr',
    'lighttpd',
    0,
    { lines: 158, classes: '0 0 92 0 49 17', rejected: 0, bytes: 56823 },
  ],
  [
    'morgan',
    'morgan',
    'remote_addr',
    null,
    0,
    { lines: 371, classes: '1 0 343 0 11 16', rejected: 0, bytes: 20298 },
  ],
  [
    'nginx-combined',
    'combined',
    'remote_addr',
    'nginx',
    2,
    { lines: 1243, classes: '0 1 1034 0 176 32', rejected: 0, bytes: 10705317 },
  ],
  [
    'nginx-json',
    'nginx-json',
    'msec',
    'nginx',
    2,
    { lines: 1243, classes: '0 1 1034 0 175 32', rejected: 1, bytes: 31051555 },
  ],
  [
    'nginx-json-full',
    'nginx-json',
    'msec',
    'nginx',
    2,
    { lines: 1243, classes: '0 1 1034 0 175 32', rejected: 1, bytes: 31051555 },
  ],
  [
    'pino-http',
    'pino-http',
    'req.remoteAddress',
    null,
    0,
    { lines: 371, classes: '1 0 343 0 11 16', rejected: 0, bytes: 20020601 },
  ],
  [
    'squid',
    'squid',
    'remote_addr',
    'squid',
    -1,
    { lines: 159, classes: '2 0 124 0 17 16', rejected: 0, bytes: 96812 },
  ],
  [
    'varnish',
    'varnish',
    'remote_addr',
    'varnish',
    1,
    { lines: 157, classes: '1 0 122 0 16 15', rejected: 3, bytes: 60719 },
  ],
]

test.each(SAMPLES)('%s as %s', (sample, format, client, counted, none, totals) => {
  const raw = gunzipSync(readFileSync(new URL(`${FOLDER}${sample}.log.gz`, import.meta.url)))
  const parsed = openGatewayFormat(format, { client }).parseValue(raw)
  const requests = parsed.filter(each => each.kind === 'request')
  const classes = [0, 1, 2, 3, 4, 5].map(
    one => requests.filter(({ status }) => Math.floor(status / 100) === one).length,
  )
  expect({
    lines: parsed.length,
    classes: classes.join(' '),
    rejected: parsed.length - requests.length,
    bytes: requests.reduce((sum, each) => sum + each.requestBytes + each.responseBytes, 0),
  }).toEqual(totals)
  if (counted === null) return
  const url = new URL(`${FOLDER}${counted}.client.json`, import.meta.url)
  const { total }: { total: number } = JSON.parse(readFileSync(url, 'utf8'))
  expect(total - parsed.length).toBe(none)
})
