import { openRecordEnvelope } from '@forbruk/schemas/envelope/record-envelope.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { describe, expect, test } from 'vitest'
import type { Piece } from './piece.ts'
import { readEnveloped } from './read-value.ts'
import { toRecord } from './to-record.ts'

const origin = { source: 'edge', file: 'nginx.lines/3' }
const request = {
  kind: 'request',
  ...{ clientId: 'acme', integrationId: '', timeMs: 1_792_065_600_500 },
  ...{ status: 200, requestBytes: 40, responseBytes: 60 },
} as const
const place = { offset: 7, index: 2 }

test('a line is a request of the place where it was read, keyed by its client', () => {
  const record = toRecord(request, place, origin)
  if (record.kind !== 'request') throw new Error(record.kind)
  expect([record.key, record.timeMs]).toEqual(['acme', 1_792_065_600_500])
  const identity = { kind: 'position', file: 'nginx.lines/3', position: 7 * 16_384 + 2 }
  expect(decodeRecord(record.value)).toMatchObject([
    { source: 'edge', identity, clientId: 'acme', status: 200 },
  ])
})

test('one with an id that its gateway made is known by that, wherever it stands', () => {
  const record = toRecord({ ...request, requestId: 'r1' }, place, origin)
  if (record.kind !== 'request') throw new Error(record.kind)
  expect(record.hasRequestId).toBe(true)
  expect(decodeRecord(record.value)).toMatchObject([{ identity: { kind: 'request_id', id: 'r1' } }])
})

test('a line that is none keeps its place, and nothing of what it holds', () => {
  const bytes = Buffer.from('GET /?token=secret-of-somebody')
  const piece: Piece = { kind: 'rejected', reason: 'line_not_json', detail: 'no JSON', bytes }
  const record = toRecord(piece, place, origin)
  if (record.kind !== 'rejected') throw new Error(record.kind)
  expect(record.key).toBe('edge')
  const [rejected] = decodeRecord(record.value)
  expect(rejected).toMatchObject({ kind: 'rejected_line', reason: 'line_not_json', file: 'nginx.lines/3' })
  expect(JSON.stringify(rejected)).toContain('it was read at nginx.lines/3, offset 7, line 3')
  expect(JSON.stringify(rejected)).not.toContain('secret')
})

describe('a rejected line speaks of a wrong format unless a caller can make it', () => {
  const fields = {
    msec: '1792065600.500',
    client_id: 'acme',
    status: 200,
    request_length: 40,
    bytes_sent: 60,
  }
  const envelope = openRecordEnvelope('lines')
  if (envelope === null) throw new Error('no envelope')
  const read = readEnveloped(envelope, openGatewayFormat('nginx-json'), null)

  test.each<[string, string | object, boolean]>([
    ['no JSON', 'x', true],
    ['no client, and an answer', { client_id: '' }, true],
    ['no client, turned away', { client_id: '', status: 403 }, false],
    ['no client, no answer', { client_id: '', status: '000' }, false],
    ['turned away under a name', { status: 401 }, false],
    ['no time', { msec: '' }, true],
  ])('%s', async (_name, changed, isAlarming) => {
    const line = typeof changed === 'string' ? changed : JSON.stringify({ ...fields, ...changed })
    const pieces = await read(Buffer.from(line))
    expect(pieces.map(piece => toRecord(piece, place, origin))).toMatchObject([{ isAlarming }])
  })
})

test('a blank line is nothing', () => {
  expect(toRecord({ kind: 'blank' }, place, origin)).toEqual({ kind: 'blank' })
})
