import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openGatewayFormat } from '../gateway/formats.ts'
import { openRecordEnvelope } from './record-envelope.ts'

const FOLDER = new URL('../../test/samples/shippers/', import.meta.url)

function readSample(name: string): Buffer {
  return gunzipSync(readFileSync(new URL(`${name}.log.gz`, FOLDER)))
}

/** What the lines come to, in an order of its own: shippers may change theirs, and leave out what is empty. */
function readRequests(
  name: string,
  values: readonly Buffer[],
  envelope: string,
  format = 'nginx-json',
): string[] {
  const { parseLine } = openGatewayFormat(format)
  const opened = openRecordEnvelope(envelope)
  if (opened === null) throw new Error(`${name}: no envelope ${envelope}`)
  return values
    .flatMap(value => opened.unwrap(value))
    .map(line => (line.kind === 'line' ? parseLine(line.bytes) : line))
    .filter(({ kind }) => kind !== 'blank')
    .map(parsed =>
      parsed.kind === 'rejected'
        ? `${parsed.reason} ${/status is \d+/.exec(parsed.detail)}`
        : JSON.stringify(parsed),
    )
    .sort()
}

const ONE_A_LINE = (sample: Buffer) =>
  sample
    .toString()
    .split('\n')
    .map(line => Buffer.from(`${line}\n`))
const WHOLE = (sample: Buffer) => [sample]

describe('the same 300 lines of NGINX, as real shippers wrote them to Kafka', () => {
  const expected = readRequests('kcat', [readSample('kcat')], 'lines')

  test('are 300, of which some name no client', () => {
    expect(expected).toHaveLength(300)
    expect(expected.filter(line => line.startsWith('client_'))).not.toHaveLength(0)
  })

  test("are the first of the gateway's own log, which is held against what its client counted", () => {
    const log = gunzipSync(readFileSync(new URL('../gateways/nginx-json.log.gz', FOLDER)))
    const first = log.toString().split('\n').slice(0, 300).join('\n')
    expect(readRequests('nginx-json', [Buffer.from(first)], 'lines')).toEqual(expected)
  })

  test.each([
    ['rsyslog-raw', 'lines', 'nginx-json', ONE_A_LINE],
    ['rsyslog-raw', 'lines', 'nginx-json', WHOLE],
    ['rsyslog-default', 'lines', 'syslog+nginx-json', ONE_A_LINE],
    ['rsyslog-json', 'json:message', 'nginx-json', ONE_A_LINE],
    ['rsyslog-json', 'json:message', 'nginx-json', WHOLE],
    ['sng-raw', 'lines', 'nginx-json', ONE_A_LINE],
    ['sng-json', 'syslog-ng', 'nginx-json', ONE_A_LINE],
    ['connect-json', 'json:payload', 'nginx-json', ONE_A_LINE],
    ['telegraf-json', 'json:fields', 'nginx-json', ONE_A_LINE],
    ['telegraf-influx', 'influx', 'nginx-json', WHOLE],
    ['otel-raw', 'json-text', 'nginx-json', ONE_A_LINE],
    ['otel-json', 'otlp', 'nginx-json', ONE_A_LINE],
    ['otel-proto', 'otlp', 'nginx-json', splitProtobuf],
  ] as const)('%s, read as %s around %s', (name, envelope, format, split) => {
    const values = split(readSample(name)).filter(value => value.length > 1)
    expect(readRequests(name, values, envelope, format)).toEqual(expected)
  })
})

/** The sample holds a record's value a line; each is one field, with its length in seven bits a byte. */
function splitProtobuf(sample: Buffer): Buffer[] {
  const values: Buffer[] = []
  for (let start = 0; start < sample.length; ) {
    let at = start + 1
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = sample[at] ?? 0
      at += 1
      length += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    values.push(sample.subarray(start, at + length))
    start = at + length + 1
  }
  return values
}
