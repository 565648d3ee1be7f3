import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { recogniseFormat } from './recognise-format.ts'

function linesOf(path: string): Buffer[] {
  const raw = readFileSync(new URL(`../../test/samples/${path}`, import.meta.url))
  const text = path.endsWith('.gz') ? gunzipSync(raw) : raw
  const lines = text.toString('latin1').split('\n').slice(0, 200)
  return lines.map(line => Buffer.from(line, 'latin1'))
}

test.each([
  ['nginx-combined', 'combined'],
  ['nginx-json', 'nginx-json'],
  ['apache-combined', 'combined'],
  ['apache-common', 'common'],
  ['apache-vhost', 'combined-vhost'],
  ['haproxy-httplog', 'haproxy-http'],
  ['haproxy-clf', 'haproxy-clf'],
  ['haproxy-json', 'nginx-json'],
  ['caddy', 'caddy'],
  ['envoy-default', 'envoy'],
  ['envoy-json', 'envoy-json'],
  ['morgan', 'combined'],
  ['pino-http', 'pino-http'],
  ['varnish', 'combined'],
  ['squid', 'squid'],
  ['lighttpd', 'lighttpd'],
  ['h2o', 'combined'],
])('the log %s is recognised as %s', (sample, format) => {
  expect(recogniseFormat(linesOf(`gateways/${sample}.log.gz`))?.declaration.format).toBe(format)
})

test.each(readdirSync(new URL('../../test/samples/formats/', import.meta.url)).map(file => [file]))(
  'the lines of %s are recognised, or said to be read alike',
  file => {
    const found = recogniseFormat(linesOf(`formats/${file}`))
    const names = [found?.declaration.format, ...(found?.alike ?? [])]
    expect(names).toContain(file.replace('.txt', ''))
  },
)

test('HAProxy and NGINX may write the same JSON, and that is said', () => {
  expect(recogniseFormat(linesOf('gateways/haproxy-json.log.gz'))?.alike).toEqual(['haproxy-json'])
})

test('what a line is in is recognised too', () => {
  const found = recogniseFormat(linesOf('lines/A3.txt'))
  expect([found?.envelope, found?.declaration.format]).toEqual(['syslog', 'combined'])
})

test.each([[[]], [['', 'hello', '{"a":1}']]])('in %j nothing is recognised', lines => {
  expect(recogniseFormat(lines.map(line => Buffer.from(line)))).toBeNull()
})
