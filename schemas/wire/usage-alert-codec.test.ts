import { readFileSync } from 'node:fs'
import avro from 'avsc'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ALERT_KINDS, ALERT_LEVELS, ALERT_METRICS, alertIdOf, type UsageAlert } from '../alert/usage-alert.ts'
import { fingerprintOf } from './fingerprint.ts'
import { decodeUsageAlert, encodeUsageAlert } from './usage-alert-codec.ts'

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
const count = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
const timeMs = fc.integer({ min: 946_684_800_000, max: 4_102_444_799_999 })
const alert: fc.Arbitrary<UsageAlert> = fc
  .record({
    stream: name,
    clientId: name,
    month: fc.constantFrom('2026-02', '2026-10'),
    metric: fc.constantFrom(...ALERT_METRICS),
    kind: fc.constantFrom(...ALERT_KINDS),
    level: fc.constantFrom(...ALERT_LEVELS),
    used: count,
    allowance: count,
    forecast: fc.option(count),
    raisedAtMs: timeMs,
    periodStartMs: timeMs,
    periodEndMs: timeMs,
  })
  .map(fields => ({ ...fields, alertId: alertIdOf(fields) }))

const KNOWN: UsageAlert = {
  alertId: alertIdOf({
    stream: 'gateway.requests',
    clientId: 'bjørnsen',
    month: '2026-10',
    metric: 'bytes',
    kind: 'forecast',
    level: 80,
  }),
  stream: 'gateway.requests',
  clientId: 'bjørnsen',
  month: '2026-10',
  metric: 'bytes',
  kind: 'forecast',
  level: 80,
  used: 9_007_199_254_740_993n,
  allowance: 30_000_000_000n,
  forecast: 9_007_199_254_740_995n,
  raisedAtMs: 1_792_000_000_123,
  periodStartMs: 1_790_805_600_000,
  periodEndMs: 1_793_487_600_000,
}
/** Written once; whatever a topic holds must decode for as long as the topic may hold it. */
const GOLDEN =
  'c3011ef157e73f8fd0954c616c6572745f35383766316664366462653230663430666330346461636366666332386565' +
  '3920676174657761792e726571756573747312626ac3b8726e73656e0e323032362d31300202a0018280808080808020' +
  '80b09dc2df01028680808080808020f681b0b8a768809ca7c59e6880e687c3b268'

test('golden bytes decode to what they did when they were written', () => {
  expect(decodeUsageAlert(Buffer.from(GOLDEN, 'hex'))).toEqual(KNOWN)
  expect(encodeUsageAlert(KNOWN).toString('hex')).toBe(GOLDEN)
})

test('what was encoded decodes to itself, beyond 2^53 too', () => {
  fc.assert(
    fc.property(alert, value => {
      expect(decodeUsageAlert(encodeUsageAlert(value))).toEqual(value)
    }),
  )
})

test('the schema on the wire is that of the file, as other implementations read it', () => {
  const file = readFileSync(new URL('usage-alert.v1.avsc', import.meta.url), 'utf8')
  const plain = avro.Type.forSchema(JSON.parse(file))
  const value = encodeUsageAlert(KNOWN)
  expect(value.readBigUInt64LE(2)).toBe(fingerprintOf(JSON.stringify(plain.schema())))
  const small = { ...KNOWN, used: 7n, forecast: null }
  expect(plain.fromBuffer(encodeUsageAlert(small).subarray(10))).toMatchObject({
    client_id: 'bjørnsen',
    used: 7,
    forecast: null,
    period_end: KNOWN.periodEndMs,
  })
})

test('any other bytes are no alert, and never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), raw => {
      expect(decodeUsageAlert(Buffer.from(raw))).toBeNull()
    }),
  )
  fc.assert(
    fc.property(alert, fc.nat(), (value, cut) => {
      const bytes = encodeUsageAlert(value)
      expect(decodeUsageAlert(bytes.subarray(0, cut % bytes.length))).toBeNull()
    }),
  )
})

test('an id is of one subject only', () => {
  fc.assert(
    fc.property(alert, alert, (one, other) => {
      const { stream, clientId, month, metric, kind, level } = one
      const again = alertIdOf({ level, kind, metric, month, clientId, stream })
      expect(again).toBe(one.alertId)
      const isSame =
        JSON.stringify([stream, clientId, month, metric, kind, level]) ===
        JSON.stringify([other.stream, other.clientId, other.month, other.metric, other.kind, other.level])
      expect(one.alertId === other.alertId).toBe(isSame)
    }),
  )
})
