import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openGatewayFormat } from './formats.ts'
import type { ParsedLine } from './gateway-format.ts'

type Fields = { readonly client?: string; readonly integration?: string }

/** What a log comes to: requests and bytes by client and class of status, rejected lines by reason. */
function tally(name: string, format: string, fields: Fields): Record<string, string> {
  const { parseLine } = openGatewayFormat(format, fields)
  const raw = readFileSync(new URL(`../../test/samples/lines/${name}.txt`, import.meta.url))
  const sums = new Map<string, { lines: number; bytes: number }>()
  for (let start = 0; start < raw.length; ) {
    const newline = raw.indexOf(0x0a, start)
    const { key, bytes } = describeLine(parseLine(raw.subarray(start, newline)))
    const sum = sums.get(key) ?? { lines: 0, bytes: 0 }
    sums.set(key, { lines: sum.lines + 1, bytes: sum.bytes + bytes })
    start = newline + 1
  }
  return Object.fromEntries([...sums].map(([key, { lines, bytes }]) => [key, `${lines}/${bytes}`]))
}

function describeLine(parsed: ParsedLine): { key: string; bytes: number } {
  if (parsed.kind !== 'request') return { key: parsed.kind === 'blank' ? 'blank' : parsed.reason, bytes: 0 }
  const integration = parsed.integrationId === '' ? '' : ` through ${parsed.integrationId}`
  const key = `${parsed.clientId}${integration} ${Math.floor(parsed.status / 100)}xx`
  return { key, bytes: parsed.requestBytes + parsed.responseBytes }
}

const USER = { client: 'remote_user' }
const ADDRESS = { client: 'remote_addr' }
const EXTRAS = { client: 'extra1', integration: 'extra2' }

describe('nothing that stands before a line becomes part of a name', () => {
  test.each<[string, string, Fields, Record<string, string>]>([
    ['A1', 'combined', USER, { line_not_combined: '2/0' }],
    ['A1', 'combined', ADDRESS, { line_not_combined: '2/0' }],
    ['A1', 'combined-vhost', USER, { 'nordlys-as 2xx': '1/70', client_missing: '1/0' }],
    ['A1', 'combined-vhost', ADDRESS, { '192.0.2.7 2xx': '1/70', '192.0.2.7 3xx': '1/0' }],
    ['A3', 'combined', USER, { line_not_combined: '3/0' }],
    ['A3', 'combined', ADDRESS, { line_not_combined: '3/0' }],
    ['A3', 'syslog+combined', USER, { 'nordlys-as 2xx': '2/746', client_missing: '1/0' }],
    ['A3', 'syslog+combined', ADDRESS, { '192.0.2.7 2xx': '3/751' }],
    ['A6', 'combined', USER, { line_not_combined: '1/0' }],
    ['J2', 'combined', ADDRESS, { line_not_combined: '6/0' }],
    ['J2', 'combined', USER, { line_not_combined: '6/0' }],
    ['J3', 'combined', ADDRESS, { line_not_combined: '1/0' }],
    ['J3', 'combined', USER, { line_not_combined: '1/0' }],
  ])('%s as %s with %j', (name, format, fields, sums) => expect(tally(name, format, fields)).toEqual(sums))
})

describe('fields that are odd, empty or broken', () => {
  test.each<[string, string, Fields, Record<string, string>]>([
    ['B1', 'combined', USER, { status_invalid: '1/0', 'nordlys-as 2xx': '1/100' }],
    ['B3', 'combined', USER, { 'nordlys-as 4xx': '1/981', 'nordlys-as 2xx': '1/5' }],
    ['B4', 'combined', EXTRAS, { 'nordlys-as 2xx': '1/4', 'nordlys-as through regnskap 2xx': '1/4' }],
    ['C1', 'combined', USER, { 'first.last 2xx': '2/13932' }],
    ['C1', 'common', USER, { 'first.last 2xx': '2/13932' }],
    ['E1', 'combined', USER, { client_missing: '2/0' }],
    ['E1', 'combined', ADDRESS, { '192.0.2.7 2xx': '2/2076' }],
    ['E4', 'combined', USER, { 'nordlys-as 2xx': '2/8' }],
  ])('%s as %s with %j', (name, format, fields, sums) => expect(tally(name, format, fields)).toEqual(sums))
})

describe('statuses', () => {
  test.each<[string, Record<string, string>]>([
    ['D1', { 'nordlys-as 0xx': '2/0', 'nordlys-as 2xx': '1/100' }],
    ['D4', { 'nordlys-as 0xx': '1/0', 'nordlys-as 4xx': '3/0' }],
    ['D5', { 'nordlys-as 5xx': '2/25', 'nordlys-as 2xx': '1/100' }],
  ])('%s', (name, sums) => expect(tally(name, 'combined', USER)).toEqual(sums))
})

describe('JSON that is not quite JSON, and files that begin oddly', () => {
  test.each<[string, Record<string, string>]>([
    ['F1', { 'nordlys-as 2xx': '3/753' }],
    ['F3', { 'nordlys-as 2xx': '2/502' }],
    ['F4', { 'nordlys-as 2xx': '2/502' }],
    ['H2', { 'nordlys-as 2xx': '2/502' }],
  ])('%s', (name, sums) => expect(tally(name, 'nginx-json', {})).toEqual(sums))
})

describe('times', () => {
  test('G2: a month in another case or language is refused', () => {
    expect(tally('G2', 'combined', USER)).toEqual({ time_invalid: '2/0', 'nordlys-as 2xx': '1/100' })
  })

  test('G3: odd zones are exact to the hour in UTC, and a second 60 is refused', () => {
    const { parseLine } = openGatewayFormat('combined', USER)
    const raw = readFileSync(new URL('../../test/samples/lines/G3.txt', import.meta.url), 'utf8')
    const hours = raw
      .split('\n')
      .filter(line => line !== '')
      .map(line => parseLine(Buffer.from(line)))
      .map(parsed =>
        parsed.kind === 'request'
          ? new Date(parsed.timeMs).toISOString().slice(0, 13)
          : describeLine(parsed).key,
      )
    expect(hours).toEqual([
      '2026-10-01T03',
      '2026-09-30T18',
      '2026-09-30T11',
      '2026-10-01T00',
      'time_invalid',
      '2028-02-29T09',
      '2026-10-25T00',
      '2026-10-25T01',
    ])
  })
})
