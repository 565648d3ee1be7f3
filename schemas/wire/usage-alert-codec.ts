import { readFileSync } from 'node:fs'
import avro from 'avsc'
import { z } from 'zod'
import { ALERT_KINDS, ALERT_LEVELS, ALERT_METRICS, alertIdOf, type UsageAlert } from '../alert/usage-alert.ts'
import { fingerprintOf } from './fingerprint.ts'

/** A month's bytes can pass 2^53, where avsc's own longs end. Fields with a logical type keep those: times never do. */
const bigintLong = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(value)
    return bytes
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})

const schema: unknown = JSON.parse(readFileSync(new URL('usage-alert.v1.avsc', import.meta.url), 'utf8'))
// As avsc's types have no word for a schema that was read from a file, nor for a replaced primitive.
const type = avro.Type.forSchema(schema as avro.Schema, {
  wrapUnions: true,
  registry: { long: bigintLong as never },
})

/** Of single-object encoding: two marker bytes and the schema's CRC-64-AVRO fingerprint, little-endian. */
const header = Buffer.alloc(10)
header.writeUInt16BE(0xc301, 0)
header.writeBigUInt64LE(fingerprintOf(JSON.stringify(type.schema())), 2)

/** An alert as a record's value: Avro, single-object encoding. */
export function encodeUsageAlert(alert: UsageAlert): Buffer {
  const value = type.toBuffer({
    alert_id: alert.alertId,
    stream: alert.stream,
    client_id: alert.clientId,
    month: alert.month,
    metric: alert.metric,
    kind: alert.kind,
    level: alert.level,
    used: alert.used,
    allowance: alert.allowance,
    forecast: alert.forecast === null ? null : { long: alert.forecast },
    raised_at: alert.raisedAtMs,
    period_start: alert.periodStartMs,
    period_end: alert.periodEndMs,
  })
  return Buffer.concat([header, value])
}

/** The alert in a record's value; null when it holds none of ours. */
export function decodeUsageAlert(value: Buffer | null): UsageAlert | null {
  if (value === null || value.length <= 10 || value.compare(header, 0, 10, 0, 10) !== 0) return null
  try {
    const alert = wireShape.parse(type.fromBuffer(value.subarray(10)))
    return alert.alertId === alertIdOf(alert) ? { ...alert, alertId: alertIdOf(alert) } : null
  } catch {
    return null
  }
}

const wireTime = z.int()
const wireShape = z
  .object({
    alert_id: z.string(),
    stream: z.string(),
    client_id: z.string(),
    month: z.string(),
    metric: z.enum(ALERT_METRICS),
    kind: z.enum(ALERT_KINDS),
    level: z.literal(ALERT_LEVELS),
    used: z.bigint(),
    allowance: z.bigint(),
    forecast: z.object({ long: z.bigint() }).nullable(),
    raised_at: wireTime,
    period_start: wireTime,
    period_end: wireTime,
  })
  .transform(wire => ({
    alertId: wire.alert_id,
    stream: wire.stream,
    clientId: wire.client_id,
    month: wire.month,
    metric: wire.metric,
    kind: wire.kind,
    level: wire.level,
    used: wire.used,
    allowance: wire.allowance,
    forecast: wire.forecast?.long ?? null,
    raisedAtMs: wire.raised_at,
    periodStartMs: wire.period_start,
    periodEndMs: wire.period_end,
  }))
