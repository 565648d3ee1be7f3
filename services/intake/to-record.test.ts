import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { describe, expect, test } from 'vitest'
import type { Piece } from './piece.ts'
import { toRecord } from './to-record.ts'

const origin = { source: 'edge', file: 'nginx.lines/3' }
const format = openGatewayFormat('nginx-json')
const fields = { msec: '1792065600.500', client_id: 'acme', status: 200, request_length: 40, bytes_sent: 60 }
const lineOf = (changed: object = {}): Piece => ({
  kind: 'line',
  bytes: Buffer.from(JSON.stringify({ ...fields, ...changed })),
})

test('a line is a request of the place where it was read, keyed by its client', () => {
  const record = toRecord(lineOf(), { offset: 7, index: 2 }, origin, format)
  if (record.kind !== 'request') throw new Error(record.kind)
  expect([record.key, record.timeMs]).toEqual(['acme', 1_792_065_600_500])
  const identity = { kind: 'position', file: 'nginx.lines/3', position: 7 * 16_384 + 2 }
  expect(decodeRecord(record.value)).toMatchObject([
    { source: 'edge', identity, clientId: 'acme', status: 200 },
  ])
})

test('a line that is none keeps its place, and nothing of what it holds', () => {
  const piece: Piece = { kind: 'line', bytes: Buffer.from('GET /?token=secret-of-somebody') }
  const record = toRecord(piece, { offset: 7, index: 2 }, origin, format)
  if (record.kind !== 'rejected') throw new Error(record.kind)
  expect(record.key).toBe('edge')
  const [rejected] = decodeRecord(record.value)
  expect(rejected).toMatchObject({ kind: 'rejected_line', reason: 'line_not_json', file: 'nginx.lines/3' })
  expect(JSON.stringify(rejected)).toContain('it was read at nginx.lines/3, offset 7, line 3')
  expect(JSON.stringify(rejected)).not.toContain('secret')
})

describe('a rejected line speaks of a wrong format unless a caller can make it', () => {
  test.each<[string, Piece, boolean]>([
    ['no JSON', { kind: 'line', bytes: Buffer.from('x') }, true],
    ['no client, and an answer', lineOf({ client_id: '' }), true],
    ['no client, turned away', lineOf({ client_id: '', status: 403 }), false],
    ['no client, no answer', lineOf({ client_id: '', status: '000' }), false],
    ['turned away under a name', lineOf({ status: 401 }), false],
    ['no time', lineOf({ msec: '' }), true],
  ])('%s', (_name, piece, isAlarming) => {
    expect(toRecord(piece, { offset: 0, index: 0 }, origin, format)).toMatchObject({ isAlarming })
  })
})

test('a blank line is nothing, and one that is too long is rejected unread', () => {
  const place = { offset: 0, index: 0 }
  expect(toRecord({ kind: 'line', bytes: Buffer.from(' \r') }, place, origin, format)).toEqual({
    kind: 'blank',
  })
  const long: Piece = { kind: 'line', bytes: Buffer.alloc(1_048_577, '{') }
  expect(toRecord(long, place, origin, format)).toMatchObject({ kind: 'rejected', isAlarming: true })
})
