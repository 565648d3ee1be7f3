import { readFileSync } from 'node:fs'
import avro from 'avsc'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CAUSES, LINE_ITEMS, LINE_STATUSES, LINE_UNITS } from '../statement/statement.ts'
import { type StatementIssued, statementEventId } from '../statement/statement-issued.ts'
import { fingerprintOf } from './fingerprint.ts'
import { decodeStatementIssued, encodeStatementIssued } from './statement-issued-codec.ts'

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
const money = fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map(ore => (ore / 100).toFixed(2))
const count = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)
const item = fc.constantFrom(...LINE_ITEMS)
const unit = fc.constantFrom(...LINE_UNITS)
const lineStatus = fc.constantFrom(...LINE_STATUSES)
const line = fc.record({
  item,
  integrationId: fc.string(),
  detail: name,
  quantity: count,
  unit,
  unitPriceNok: money,
  amountNok: money,
  status: lineStatus,
})
const cause = fc.record({
  cause: fc.constantFrom(...CAUSES),
  detail: fc.string(),
  amountNok: money,
  payableNok: money,
})
const statement: fc.Arbitrary<StatementIssued> = fc
  .record({
    month: fc.constantFrom('2026-02', '2026-10'),
    revision: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    clientId: name,
    clientName: name,
    payerId: name,
    payerName: name,
    partnerId: fc.option(name),
    status: fc.constantFrom('payable' as const, 'proposed' as const, 'withdrawn' as const),
    currency: fc.constant('NOK' as const),
    amountNok: money,
    payableNok: money,
    proposedNok: money,
    adjustmentsPayableNok: money,
    requests: count,
    bytes: count,
    lines: fc.array(line, { maxLength: 4 }),
    adjustments: fc.array(
      fc.record({
        item,
        integrationId: fc.string(),
        unit,
        quantityBefore: count,
        quantityAfter: count,
        statusBefore: fc.option(lineStatus),
        statusAfter: fc.option(lineStatus),
        amountBeforeNok: money,
        amountAfterNok: money,
        adjustmentNok: money,
        payableNok: money,
        causes: fc.array(cause, { maxLength: 3 }),
      }),
      { maxLength: 4 },
    ),
    contentHash: name,
    closedAtMs: fc.integer({ min: 946_684_800_000, max: 4_102_444_799_999 }),
    forcedReason: fc.option(name),
    notCharged: fc.option(
      fc.record({ exceptions: fc.integer({ min: 1, max: 1e6 }), requests: count, bytes: count }),
    ),
  })
  .map(fields => ({ ...fields, eventId: statementEventId(fields) }))

const SUBJECT = { month: '2026-10', revision: 2, clientId: 'bjørk', payerId: 'fjell' }
const KNOWN: StatementIssued = {
  ...SUBJECT,
  eventId: statementEventId(SUBJECT),
  clientName: 'Bjørk Bygg AS',
  payerName: 'Fjell Regnskap AS',
  partnerId: 'fjell',
  status: 'proposed',
  currency: 'NOK',
  amountNok: '149.02',
  payableNok: '149.00',
  proposedNok: '0.02',
  adjustmentsPayableNok: '-0.02',
  requests: '500001',
  bytes: '18446744073709551615',
  lines: [
    {
      item: 'overage_requests',
      integrationId: '',
      detail: 'Requests above 500000',
      quantity: '1',
      unit: 'request',
      unitPriceNok: '0.017',
      amountNok: '0.02',
      status: 'proposed',
    },
  ],
  adjustments: [
    {
      item: 'overage_requests',
      integrationId: '',
      unit: 'request',
      quantityBefore: '0',
      quantityAfter: '1',
      statusBefore: null,
      statusAfter: 'proposed',
      amountBeforeNok: '0.00',
      amountAfterNok: '0.02',
      adjustmentNok: '0.02',
      payableNok: '0.00',
      causes: [{ cause: 'usage', detail: '1 more request', amountNok: '0.02', payableNok: '0.00' }],
    },
  ],
  contentHash: '76ab1000e212287ff7ac3ebe22bb1b4585baf2fad1cd76cba46ae72c8aae4c19',
  closedAtMs: 1_792_000_000_123,
  forcedReason: null,
  notCharged: { exceptions: 2, requests: '43', bytes: '120000000000' },
}
/** Written once; whatever a topic holds must decode for as long as the topic may hold it. */
const readGolden = (version: number) =>
  readFileSync(
    new URL(`golden-statements/statement-issued.v${version}.hex`, import.meta.url),
    'utf8',
  ).replaceAll('\n', '')

test('golden bytes decode to what they did when they were written', () => {
  expect(decodeStatementIssued(Buffer.from(readGolden(1), 'hex'))).toEqual({ ...KNOWN, notCharged: null })
  expect(decodeStatementIssued(Buffer.from(readGolden(2), 'hex'))).toEqual(KNOWN)
  expect(encodeStatementIssued(KNOWN).toString('hex')).toBe(readGolden(2))
})

test('what was encoded decodes to itself', () => {
  fc.assert(
    fc.property(statement, value => {
      expect(decodeStatementIssued(encodeStatementIssued(value))).toEqual(value)
    }),
  )
})

test('another reader of Avro needs the schema file and nothing else', () => {
  const schema = JSON.parse(readFileSync(new URL('statement-issued.v2.avsc', import.meta.url), 'utf8'))
  const type = avro.Type.forSchema(schema)
  const bytes = encodeStatementIssued(KNOWN)
  expect(bytes.readBigUInt64LE(2)).toBe(fingerprintOf(JSON.stringify(type.schema())))
  expect(type.fromBuffer(bytes.subarray(10))).toMatchObject({
    event_id: KNOWN.eventId,
    amount: '149.02',
    bytes: '18446744073709551615',
    not_charged: { exceptions: 2, requests: '43', bytes: '120000000000' },
  })
})

test('anything else, cut or changed, is null and never throws', () => {
  expect(decodeStatementIssued(null)).toBeNull()
  const sound = encodeStatementIssued(KNOWN)
  for (let length = 0; length < sound.length; length += 1) {
    expect(decodeStatementIssued(sound.subarray(0, length))).toBeNull()
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), raw => decodeStatementIssued(Buffer.from(raw)) === null),
  )
})

test('an event is known by month, revision, client and payer, and by nothing else', () => {
  const ids = [
    SUBJECT,
    { ...SUBJECT, month: '2026-11' },
    { ...SUBJECT, revision: 3 },
    { ...SUBJECT, clientId: 'bjørkf', payerId: 'jell' },
    { ...SUBJECT, payerId: 'bjørk' },
  ].map(statementEventId)
  expect(new Set(ids).size).toBe(ids.length)
  const other: StatementIssued = { ...KNOWN, amountNok: '1.00' }
  expect(statementEventId(other)).toBe(KNOWN.eventId)
})
