import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeRecord } from './decode.ts'

const text = readFileSync(new URL('request-event.schema.json', import.meta.url), 'utf8')
const fitsSchema = new Ajv2020({ strict: false }).compile(JSON.parse(text))

const isCounted = (record: string) =>
  decodeRecord(Buffer.from(record)).every(({ kind }) => kind === 'request')

/** The schema says of a record what the decoder decides. */
function agree(record: unknown): boolean {
  const json = JSON.stringify(record)
  const counted = isCounted(json)
  expect([json, fitsSchema(JSON.parse(json))]).toEqual([json, counted])
  return counted
}

const whole = { client_id: 'c', time: 1_759_269_600_123, status: 200, request_bytes: 1, response_bytes: 2 }
const anything = [null, '', 'x', -1, 0, 1.5, true, [], {}, 2 ** 53, 1e300]
const names = [
  ...['æøå', '日本', '😀', ' ', 'a"b\\c', 'x'.repeat(256), 'x'.repeat(257), 'é'.repeat(256), 'é'.repeat(257)],
  ...['\u0000', '\u001f', '\u007f', '\u0080', '\ufffd', '\ufffe', '\ud800', 'a\udfff', '\u2028'],
]
const bytes = [2 ** 36 - 1, 2 ** 36]
const values: Record<string, readonly unknown[]> = {
  client_id: names,
  integration_id: names,
  source: names,
  request_id: names,
  file: names,
  position: [7, 2 ** 53 - 1],
  time: [946_684_799_999, 946_684_800_000, 4_102_444_799_999, 4_102_444_800_000, 1_759_269_600],
  status: [1, 99, 100, 404, 599, 600],
  request_bytes: bytes,
  response_bytes: bytes,
  path: [],
}
const tried = Object.entries(values).flatMap(([field, own]) =>
  [...own, ...anything].map(value => [field, value] as const),
)
const request = fc
  .tuple(
    fc.array(fc.constantFrom(...tried), { maxLength: 4 }),
    fc.subarray(Object.keys(whole), { minLength: 4 }),
  )
  .map(([changed, kept]) => {
    const left = Object.entries(whole).filter(([field]) => kept.includes(field))
    return Object.fromEntries([...left, ...changed])
  })

describe('the JSON Schema of a record', () => {
  test.each(Object.keys(values))('agrees about %s', name => {
    const identity = { file: { position: 1 }, position: { file: 'f' } }[name]
    for (const [field, value] of tried.filter(([each]) => each === name)) {
      agree({ ...whole, ...identity, [field]: value })
      agree({ ...whole, [field]: value })
    }
  })

  test('agrees about any mixture of fields, right and wrong', () => {
    let counted = 0
    const runs = 3_000
    fc.assert(
      fc.property(request, event => {
        if (agree(event)) counted += 1
      }),
      { numRuns: runs },
    )
    expect(counted).toBeGreaterThan(runs / 50)
    expect(counted).toBeLessThan(runs / 2)
  })

  test('agrees about how many requests a record may hold', () => {
    expect([0, 1, 10_000, 10_001].map(length => agree(new Array(length).fill(whole)))).toEqual([
      ...[false, true, true, false],
    ])
    expect(agree([whole, { ...whole, status: 99 }])).toBe(false)
    expect([agree([[whole]]), agree('request'), agree(7)]).toEqual([false, false, false])
  })

  test('has no word for characters that count as two', () => {
    const record = JSON.stringify({ ...whole, client_id: '😀'.repeat(129) })
    expect([fitsSchema(JSON.parse(record)), isCounted(record)]).toEqual([true, false])
  })
})
