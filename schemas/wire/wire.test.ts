import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TEST_KEY } from '../../test/support/aggregator/stream-key.ts'
import { LINE_REJECT_REASONS, type LogEvent } from '../event/log-event.ts'
import { signedRecordV1, sourceMarkV1, sourceMarkV2, sourceMarkV3 } from './avro-types.ts'
import { type Decoded, decodeRecord } from './decode.ts'
import {
  encodeMark,
  encodeRejectedLine,
  encodeRequest,
  encodeStreamGrowth,
  encodeStreamLimits,
  encodeStreamVersion,
} from './encode.ts'
import { encodeSingleObject } from './single-object.ts'

function encode(event: LogEvent): Buffer {
  switch (event.kind) {
    case 'request':
      return encodeRequest(event)
    case 'mark':
      return encodeMark(event)
    case 'rejected_line':
      return encodeRejectedLine(event)
    case 'stream_version':
      return encodeStreamVersion(event)
    case 'stream_limits':
      return encodeStreamLimits(event)
    case 'signed':
      return encodeSingleObject(signedRecordV1, event)
    case 'stream_growth':
      return encodeStreamGrowth(event)
  }
}

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a name must not hold
  .filter(text => text.length <= 256 && !/[\u0000-\u001f\u007f\ufffd]/.test(text))
/** One less than the largest safe integer is as far as avsc goes. */
const position = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1 })
const bytes = fc.integer({ min: 0, max: 2 ** 36 - 1 })
const timeMs = fc.integer({ min: 946_684_800_000, max: 4_102_444_799_999 })
const status = fc.oneof(fc.constant(0), fc.integer({ min: 100, max: 599 }))
const identity = fc.oneof(
  fc.record({ kind: fc.constant('position' as const), file: name, position }),
  fc.record({ kind: fc.constant('request_id' as const), id: name }),
  fc.constant({ kind: 'none' as const }),
)
const request = fc.record({
  kind: fc.constant('request' as const),
  source: fc.oneof(name, fc.constant('')),
  identity,
  clientId: name,
  integrationId: fc.oneof(name, fc.constant('')),
  timeMs,
  status,
  requestBytes: bytes,
  responseBytes: bytes,
})
const mark = fc.record({
  kind: fc.constant('mark' as const),
  source: name,
  file: name,
  position,
  eventsTotal: position,
  throughMs: timeMs,
  format: name,
})
const reason = fc.stringMatching(/^[a-z_]{1,20}$/)
const obstructedMark = fc
  .tuple(
    mark,
    fc.oneof(name, fc.constant('')),
    fc.array(fc.record({ reason, path: name, sinceMs: timeMs }), { maxLength: 16 }),
    fc.nat(),
  )
  .map(([mark, file, listed, more]) => {
    const total = listed.length < 16 ? listed.length : listed.length + more
    return { ...mark, file, obstacles: { total, listed } }
  })
const id = fc.stringMatching(/^[0-9a-f]{8,64}$/)
const instance = fc.record({
  ...{ id, run: id, wasUnnamed: fc.boolean() },
  host: fc.stringMatching(/^[a-z0-9.-]{1,40}$/),
  sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 1 }),
})
const instanceMark = fc
  .tuple(obstructedMark, instance)
  .map(([mark, instance]): LogEvent => ({ ...mark, instance }))
const rejectedLine = fc.record({
  kind: fc.constant('rejected_line' as const),
  source: name,
  file: name,
  position,
  reason: fc.constantFrom(...LINE_REJECT_REASONS),
  detail: fc.string({ maxLength: 6_000 }),
  excerpt: fc.string({ maxLength: 240 }),
  lineBytes: position,
})
const event: fc.Arbitrary<LogEvent> = fc.oneof(request, mark, obstructedMark, instanceMark, rejectedLine)

const MARK = {
  kind: 'mark',
  ...{ source: 'gw1', file: 'ab', position: 7, eventsTotal: 3 },
  ...{ throughMs: 1_759_269_600_123, format: 'combined' },
} as const
const GONE = { reason: 'gone', path: '/log/a.log', sinceMs: 1_759_269_600_000 }

test('a mark with obstacles that can not be told is rejected', () => {
  const path = (text: string) => ({ total: 1, listed: [{ ...GONE, path: text }] })
  for (const obstacles of [
    path(''),
    path('/log/a\u001b[2J.log'),
    path('a'.repeat(257)),
    { total: 1, listed: [{ ...GONE, reason: '' }] },
    { total: 1, listed: [{ ...GONE, sinceMs: 0 }] },
    { total: 0, listed: [GONE] },
    { total: 2, listed: [GONE] },
    { total: 17, listed: Array.from({ length: 17 }, () => GONE) },
    { total: -1, listed: [] },
  ]) {
    expect(decodeRecord(encodeMark({ ...MARK, obstacles }))).toMatchObject([{ reason: 'event_malformed' }])
  }
  expect(decodeRecord(encodeMark({ ...MARK, file: '' }))).toMatchObject([{ reason: 'event_malformed' }])
})

test('a mark of an instance that can not be is rejected', () => {
  const instance = { id: '5f2c9a01d3e84b76', host: 'gw-1', run: 'a07c11f2', sequence: 1, wasUnnamed: false }
  expect(decodeRecord(encodeMark({ ...MARK, instance }))).toMatchObject([{ kind: 'mark', instance }])
  for (const wrong of [
    { id: '' },
    { id: '5f2c9a0' },
    { id: 'a'.repeat(65) },
    { id: 'others00' },
    { run: '' },
    { host: '' },
    { host: 'gw\u001b[2J' },
    { host: 'gw\u202e' },
    { host: 'a'.repeat(257) },
    { sequence: 0 },
    { sequence: -1 },
  ]) {
    const value = encodeMark({ ...MARK, instance: { ...instance, ...wrong } })
    expect(decodeRecord(value)).toMatchObject([{ reason: 'event_malformed' }])
  }
})

test('by Avro rules each version of a mark is read by the others', () => {
  const [v1, v2, v3] = [sourceMarkV1.avro, sourceMarkV2.avro, sourceMarkV3.avro]
  const { kind: _, ...mark } = MARK
  const wire = { ...mark, obstacles: [GONE], obstaclesTotal: 1 }
  expect(v1.fromBuffer(v2.toBuffer(wire), v1.createResolver(v2))).toEqual(mark)
  const none = { ...mark, obstacles: [], obstaclesTotal: 0 }
  expect(v2.fromBuffer(v1.toBuffer(mark), v2.createResolver(v1))).toEqual(none)
  const instance = { instance: '5f2c9a01', host: 'gw-1', run: 'a07c11f2', sequence: 7, wasUnnamed: true }
  expect(v2.fromBuffer(v3.toBuffer({ ...wire, ...instance }), v2.createResolver(v3))).toEqual(wire)
  const nobody = { instance: '', host: '', run: '', sequence: 0, wasUnnamed: false }
  expect(v3.fromBuffer(v1.toBuffer(mark), v3.createResolver(v1))).toEqual({ ...none, ...nobody })
})

test('a stream version with impossible sizes is rejected', () => {
  for (const sizes of [
    { foldVersion: 0, blockSize: 8, windowSize: 4 },
    { foldVersion: 2, blockSize: 8, windowSize: 9 },
    { foldVersion: 2, blockSize: 8, windowSize: 0 },
  ]) {
    expect(decodeRecord(encodeStreamVersion(sizes))).toMatchObject([{ reason: 'event_malformed' }])
  }
})

test('stream limits below a millisecond are rejected', () => {
  for (const limits of [
    { pastMaxMs: 0, aheadMaxMs: 1 },
    { pastMaxMs: 1, aheadMaxMs: -1 },
  ]) {
    expect(decodeRecord(encodeStreamLimits(limits))).toMatchObject([{ reason: 'event_malformed' }])
  }
})

/** Bytes in JSON are as Node writes a Buffer. */
function reviveBytes(_: string, value: unknown): unknown {
  const isBytes = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer'
  return isBytes && 'data' in value && Array.isArray(value.data) ? Buffer.from(value.data) : value
}
test('a stream growth to no partition is rejected', () => {
  const value = encodeStreamGrowth({ partitionCount: 0 })
  expect(decodeRecord(value)).toMatchObject([{ reason: 'event_malformed' }])
})

describe('golden bytes', () => {
  const folder = new URL('golden/', import.meta.url)
  const cases = readdirSync(folder).filter(file => file.endsWith('.hex'))

  test('there are some of every kind', () => expect(cases.length).toBeGreaterThanOrEqual(6))

  test.each(cases)('%s decodes to what it did when it was written', file => {
    const hex = readFileSync(new URL(file, folder), 'utf8').replaceAll('\n', '')
    const expected: unknown = JSON.parse(
      readFileSync(new URL(file.replace('.hex', '.json'), folder), 'utf8'),
      reviveBytes,
    )
    expect(decodeRecord(Buffer.from(hex, 'hex'))).toEqual([expected])
    expect(encode(expected as LogEvent).toString('hex')).toBe(hex)
  })
})

test('what was encoded decodes to itself', () => {
  fc.assert(
    fc.property(event, value => {
      expect(decodeRecord(encode(value))).toEqual([value])
    }),
  )
})

test('a signature holds for its stream, partition, number and content, and for nothing else', () => {
  const place = { stream: 't', partition: 0 }
  const [signed] = decodeRecord(TEST_KEY.sign(place, 3, encodeStreamLimits({ pastMaxMs: 1, aheadMaxMs: 2 })))
  if (signed?.kind !== 'signed') throw new Error('expected a signed record')
  expect(signed).toMatchObject({ sequence: 3, event: { kind: 'stream_limits', pastMaxMs: 1, aheadMaxMs: 2 } })
  expect(TEST_KEY.verify(place, signed)).toBe(true)
  const others = [
    [{ ...place, partition: 1 }, signed],
    [{ ...place, stream: 'u' }, signed],
    [place, { ...signed, sequence: 4 }],
    [place, { ...signed, payload: encodeStreamLimits({ pastMaxMs: 1, aheadMaxMs: 3 }) }],
    [place, { ...signed, signature: signed.signature.subarray(1) }],
    [place, { ...signed, signature: Buffer.alloc(0) }],
  ] as const
  expect(others.map(([where, record]) => TEST_KEY.verify(where, record))).toEqual(others.map(() => false))
})

test('what a request claims of its own time is not read', () => {
  const said = {
    ...{ client_id: 'a', status: 200, request_bytes: 1, response_bytes: 2 },
    time: 1_795_651_200_123,
  }
  const [event] = decodeRecord(Buffer.from(JSON.stringify({ ...said, time_vouched: true })))
  expect(event).toMatchObject({ kind: 'request', clientId: 'a' })
  expect(event).not.toHaveProperty('timeVouched')
})

test('an encoded value is not overwritten by the next', () => {
  fc.assert(
    fc.property(event, event, (one, other) => {
      const bytes = encode(one)
      encode(other)
      expect(decodeRecord(bytes)).toEqual([one])
    }),
  )
})

function isSound(decoded: readonly Decoded[]): boolean {
  return decoded.length > 0 && decoded.every(each => each.kind !== 'undecodable' || each.detail.length > 0)
}

test('any bytes decode to something, and never throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), raw => isSound(decodeRecord(Buffer.from(raw)))))
})

test('a sound record cut, lengthened or changed anywhere never throws', () => {
  const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.nat() })
  fc.assert(
    fc.property(event, change, fc.uint8Array({ maxLength: 20 }), (value, { at, byte, cut }, more) => {
      const sound = encode(value)
      const changed = Buffer.from(sound)
      changed[at % changed.length] = byte
      const cutOff = sound.subarray(0, cut % sound.length)
      expect([changed, cutOff, Buffer.concat([sound, more])].map(decodeRecord).every(isSound)).toBe(true)
      if (more.length > 0) {
        expect(decodeRecord(Buffer.concat([sound, more]))[0]).toMatchObject({ reason: 'avro_malformed' })
      }
    }),
    { numRuns: 500 },
  )
})

test('any JSON decodes to as many answers as it has events, and never throws', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), text => {
      const decoded = decodeRecord(Buffer.from(text))
      const json: unknown = JSON.parse(text)
      expect(isSound(decoded)).toBe(true)
      expect(decoded.length).toBe(Array.isArray(json) ? Math.max(1, json.length) : 1)
    }),
  )
})

describe('JSON', () => {
  const whole = {
    client_id: 'c',
    time: 1_759_269_600_123,
    status: 200,
    request_bytes: 1,
    response_bytes: 2,
  }
  const decode = (value: unknown) => decodeRecord(Buffer.from(JSON.stringify(value)))[0]

  test.each([
    [
      { file: 'f', position: 7, source: 's' },
      { kind: 'position', file: 'f', position: 7 },
    ],
    [{ request_id: 'r' }, { kind: 'request_id', id: 'r' }],
    [{}, { kind: 'none' }],
  ])('%j gives the identity %j', (fields, identity) => {
    expect(decode({ ...whole, ...fields })).toMatchObject({ kind: 'request', identity })
  })

  test.each([
    [{ client_id: undefined }, 'client_missing'],
    [{ client_id: 'a\u0000b' }, 'client_invalid'],
    [{ client_id: 'x'.repeat(257) }, 'client_invalid'],
    [{ integration_id: 'a\nb' }, 'integration_invalid'],
    [{ time: 1_759_269_600 }, 'time_invalid'],
    [{ status: 99 }, 'status_invalid'],
    [{ request_bytes: -1 }, 'bytes_invalid'],
    [{ response_bytes: 1.5 }, 'bytes_invalid'],
    [{ response_bytes: '12' }, 'event_malformed'],
    [{ file: 'f' }, 'event_malformed'],
    [{ file: 'f', position: -1 }, 'identity_invalid'],
    [{ request_id: 'r', file: 'f', position: 1 }, 'event_malformed'],
  ])('with %j it is refused as %s', (fields, reason) => {
    expect(decode({ ...whole, ...fields })).toMatchObject({ kind: 'undecodable', reason })
  })
})

test.each([
  ['', 'record_empty'],
  ['5b5d', 'record_empty'],
  ['0000000007', 'schema_unknown'],
  ['c3', 'avro_malformed'],
  ['c3010102030405060708', 'schema_unknown'],
  ['7b', 'json_malformed'],
])('the record %j is refused as %s', (hex, reason) => {
  expect(decodeRecord(Buffer.from(hex, 'hex'))).toMatchObject([{ kind: 'undecodable', reason }])
})
