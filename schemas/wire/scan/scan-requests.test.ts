import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EventIdentity, RequestEvent } from '../../event/log-event.ts'
import { type Decoded, decodeRecord } from '../decode.ts'
import { encodeRequest } from '../encode.ts'
import { RequestScanner, type Scannable } from './scan-requests.ts'
import { ScannedRequest, type TextRange } from './scanned-request.ts'
import { spellRequest } from './spell-request.ts'

const TIME_MS = Date.UTC(2026, 9, 25, 1)

/** One of each for all, as in use: nothing of a record may stay for the next. */
const scanner = new RequestScanner()
const request = new ScannedRequest()

/** What the scan says, in the decoder's form; null when it leaves the record to the decoder. */
function scan(value: Buffer): readonly Decoded[] | null {
  const found = NEIGHBOURS.map(([before, after]) => {
    const bytes = Buffer.concat([before, value, after])
    const valueRange = { bytes, start: before.length, end: before.length + value.length }
    scanner.scan([{ value, valueRange }], 0)
    return scanner.load(0, request) ? [toEvent(request)] : null
  })
  for (const other of found) expect(other).toEqual(found[0])
  return found[0] ?? null
}

/** A record stands between others, whose bytes must make no difference: alone, and before what would go on with it. */
const NEIGHBOURS = [
  ['', ''],
  ['{', '}'],
  ['"', '","status":200}'],
  ['\u0001', '  12'],
].map(texts => texts.map(text => Buffer.from(text)) as [Buffer, Buffer])

function toEvent(scanned: ScannedRequest): RequestEvent {
  const text = (range: TextRange) => range.readIn(scanned.texts)
  const { position, timeMs, status, requestBytes, responseBytes } = scanned
  const identities: Record<ScannedRequest['identity'], () => EventIdentity> = {
    none: () => ({ kind: 'none' }),
    request_id: () => ({ kind: 'request_id', id: text(scanned.identityText) }),
    position: () => ({ kind: 'position', file: text(scanned.identityText), position }),
  }
  return {
    kind: 'request',
    source: text(scanned.source),
    identity: identities[scanned.identity](),
    clientId: text(scanned.client),
    integrationId: text(scanned.integration),
    timeMs,
    status,
    requestBytes,
    responseBytes,
  }
}

const plainName = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 })
const oddName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme-ascii', minLength: 250, maxLength: 260 }),
  fc.constantFrom('', '"', '\\', 'é', '\u007f', '\u0000', '\ud800'),
)
const name = fc.oneof({ weight: 9, arbitrary: plainName }, { weight: 1, arbitrary: oddName })
const number = fc.oneof(
  { weight: 9, arbitrary: fc.nat() },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.integer(),
      fc.double(),
      fc.constantFrom(2 ** 36 - 1, 2 ** 36, 2 ** 53 - 1, 2 ** 53, 1e15, 1e21, -0),
    ),
  },
)
const fields = {
  source: name,
  client_id: name,
  integration_id: name,
  time: fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 1e12 }).map(ms => ms + 1e12) }, number),
  status: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 95, max: 605 }) }, number),
  request_bytes: number,
  response_bytes: number,
  request_id: name,
  file: name,
  position: number,
  path: fc.string({ unit: 'binary' }),
  latency: fc.oneof(fc.nat(), fc.double()),
  cached: fc.boolean(),
  time2: fc.nat(),
  '': fc.nat(),
}
const json = fc
  .tuple(
    fc.record(fields, {
      requiredKeys: ['client_id', 'time', 'status', 'request_bytes', 'response_bytes', 'source'],
    }),
    fc.constantFrom(undefined, 1),
    fc.nat({ max: 5 }),
  )
  .map(([event, indent, first]) => {
    // Not every gateway begins with the same field.
    const entries = Object.entries(event)
    const turned = Object.fromEntries([...entries.slice(first), ...entries.slice(0, first)])
    return JSON.stringify(turned, null, indent).replaceAll('\n', '')
  })

function holds(value: Buffer): void {
  const scanned = scan(value)
  if (scanned !== null) expect(scanned).toEqual(decodeRecord(value))
}

describe('what the scan says is what the decoder says', () => {
  test('of JSON events, usual and odd', () => {
    fc.assert(
      fc.property(json, text => holds(Buffer.from(text))),
      { numRuns: 2_000 },
    )
  })

  test('of JSON events with more other keys than are kept in mind', () => {
    const others = fc.dictionary(fc.string({ maxLength: 40 }), fc.oneof(fc.nat(), plainName), { maxKeys: 12 })
    fc.assert(
      fc.property(others, fc.boolean(), (extra, isBefore) => {
        const event = isBefore ? { ...extra, ...usualJson } : { ...usualJson, ...extra }
        holds(Buffer.from(JSON.stringify(event)))
      }),
      { numRuns: 2_000 },
    )
  })

  test('of a JSON event that has a field twice, or its identity in two ways', () => {
    const text = JSON.stringify(usualJson)
    for (const field of Object.keys(usualJson)) {
      for (const value of ['7', '"other"', String(TIME_MS)])
        holds(Buffer.from(`${text.slice(0, -1)},"${field}":${value}}`))
    }
    holds(Buffer.from(JSON.stringify({ ...usualJson, file: 'f', position: 1 })))
    holds(Buffer.from(JSON.stringify({ ...usualJson, position: 1 })))
  })

  test('of JSON events with a byte changed, dropped or put in', () => {
    const damage = fc.tuple(fc.nat(), fc.constantFrom('change', 'drop', 'insert'), fc.nat({ max: 255 }))
    fc.assert(
      fc.property(json, damage, (text, [place, how, byte]) => {
        const bytes = [...Buffer.from(text)]
        const inserted = how === 'drop' ? [] : [byte]
        bytes.splice(place % bytes.length, how === 'insert' ? 0 : 1, ...inserted)
        holds(Buffer.from(bytes))
      }),
      { numRuns: 5_000 },
    )
  })

  test('of Avro events, whole, cut off, and with a byte changed', () => {
    const identity: fc.Arbitrary<EventIdentity> = fc.oneof(
      fc.record({ kind: fc.constant('request_id' as const), id: name }),
      fc.record({ kind: fc.constant('position' as const), file: name, position: fc.nat({ max: 2 ** 52 }) }),
      fc.constant({ kind: 'none' as const }),
    )
    const event = fc.record({
      kind: fc.constant('request' as const),
      source: name,
      identity,
      clientId: name,
      integrationId: name,
      timeMs: fc.nat({ max: 4e12 }),
      status: fc.integer({ min: 0, max: 700 }),
      requestBytes: fc.nat({ max: 2 ** 37 }),
      responseBytes: fc.nat({ max: 2 ** 37 }),
    })
    fc.assert(
      fc.property(event, fc.nat(), fc.nat({ max: 255 }), (whole, place, byte) => {
        const value = encodeRequest(whole)
        holds(value)
        holds(value.subarray(0, place % value.length))
        const changed = Buffer.from(value)
        changed[place % value.length] = byte
        holds(changed)
      }),
      { numRuns: 3_000 },
    )
  })
})

const usual: RequestEvent = {
  kind: 'request',
  source: 'gw',
  identity: { kind: 'request_id', id: 'a1' },
  clientId: 'client-1',
  integrationId: 'app',
  timeMs: TIME_MS,
  status: 200,
  requestBytes: 12,
  responseBytes: 345,
}
const usualJson = {
  source: 'gw',
  request_id: 'a1',
  client_id: 'client-1',
  integration_id: 'app',
  time: TIME_MS,
  status: 200,
  request_bytes: 12,
  response_bytes: 345,
}

describe('the scan reads by itself', () => {
  test.each([
    ['Avro', encodeRequest(usual)],
    ['JSON', Buffer.from(JSON.stringify(usualJson))],
    [
      'JSON with spaces, as Python writes it',
      Buffer.from(JSON.stringify(usualJson, null, 1).replaceAll('\n', '')),
    ],
    ['JSON with other fields', Buffer.from(JSON.stringify({ method: 'GET', ...usualJson, path: '/ø' }))],
    [
      'JSON in another order',
      Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(usualJson).toReversed()))),
    ],
    [
      'part of a larger buffer',
      Buffer.concat([Buffer.from('xx'), encodeRequest(usual), Buffer.from('yy')]).subarray(2, -2),
    ],
  ])('%s', (_, value) => {
    expect(scan(value)).toEqual([usual])
  })

  test('a line position, and an event without identity or integration', () => {
    const atLine: RequestEvent = { ...usual, identity: { kind: 'position', file: 'f', position: 2 ** 40 } }
    const { request_id: _, ...bare } = usualJson
    expect(scan(encodeRequest(atLine))).toEqual([atLine])
    expect(scan(Buffer.from(JSON.stringify({ ...bare, file: 'f', position: 7 })))).toEqual([
      { ...usual, identity: { kind: 'position', file: 'f', position: 7 } },
    ])
    expect(scan(Buffer.from(JSON.stringify({ ...bare, integration_id: '' })))).toEqual([
      { ...usual, identity: { kind: 'none' }, integrationId: '' },
    ])
  })
})

test('a decoded request is spelled as a scanned one: the same texts have the same hashes', () => {
  const spelled = new ScannedRequest()
  spellRequest(usual, spelled)
  expect(toEvent(spelled)).toEqual(usual)
  expect(scan(encodeRequest(usual))).toEqual([usual])
  for (const range of ['source', 'client', 'integration', 'identityText'] as const) {
    expect(spelled[range].hash).toBe(request[range].hash)
  }
})

test('what a scanner has found stays until its own next scan, whatever others scan', () => {
  scanner.scan([{ value: encodeRequest(usual) }], 0)
  new RequestScanner().scan([{ value: encodeRequest({ ...usual, clientId: 'client-2' }) }], 0)
  expect(scanner.load(0, request) && toEvent(request)).toEqual(usual)
})

describe('many values in one go', () => {
  const long = { ...usualJson, path: 'x'.repeat(60_000) }
  const tooLong = { ...usualJson, path: 'x'.repeat(70_000) }
  const kinds = [usualJson, long, tooLong].map(event => Buffer.from(JSON.stringify(event)))
  const values = fc.array(
    fc.oneof(
      { weight: 40, arbitrary: fc.record({ of: fc.nat({ max: 10_000 }), gap: fc.nat({ max: 40 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.nat({ max: 2 }), gap: fc.nat({ max: 90_000 }) }) },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
    { maxLength: 3_000, size: 'max' },
  )

  const small = (bytes: number) => Buffer.from(JSON.stringify({ ...usualJson, response_bytes: bytes }))

  test('each is found as it is alone, wherever it stands: in bytes of many, or in its own', () => {
    fc.assert(
      fc.property(values, fc.boolean(), (chosen, areShared) => {
        const parts: Buffer[] = []
        let end = 0
        const places = chosen.map(each => {
          const value = each === null ? null : 'of' in each ? small(each.of) : (kinds[each.kind] ?? null)
          parts.push(Buffer.alloc(each?.gap ?? 0, '"'), value ?? Buffer.alloc(0))
          const start = end + (each?.gap ?? 0)
          end = start + (value?.length ?? 0)
          return { value, start, end }
        })
        const bytes = Buffer.concat(parts)
        const records = places.map(({ value, start, end }) =>
          areShared && value !== null ? { value, valueRange: { bytes, start, end } } : { value },
        )
        expect(scanAll(records)).toEqual(
          records.map(({ value }) =>
            value === null || value.length > 65_536 ? null : decodeRecord(value)[0],
          ),
        )
      }),
      { numRuns: 30 },
    )
  })

  function scanAll(records: readonly Scannable[]): (RequestEvent | null)[] {
    const found: (RequestEvent | null)[] = []
    while (found.length < records.length) {
      const count = scanner.scan(records, found.length)
      expect(count).toBeGreaterThan(0)
      for (let index = 0; index < count; index++) {
        found.push(scanner.load(index, request) ? toEvent(request) : null)
      }
    }
    return found
  }
})
