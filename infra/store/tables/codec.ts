import { z } from 'zod'

/**
 * How one column's values become values of ours and back. `read` checks what a query answers in JSONEachRow; `write`
 * makes what an insert takes. Nothing is guessed: null, '' and a missing value are never read as 0.
 */
export type Codec<Value> = {
  readonly read: z.ZodType<Value>
  // A method, so that a codec of something is a codec of unknown.
  write(value: Value): unknown
  /** Whether a column of this type, as `system.columns` spells it, holds such values and no others. */
  holds(type: string): boolean
  /** Ends the value's name and not the column's: `closedAtMs` is `closed_at`. */
  readonly unit?: 'Ms'
}

export type ValueOf<Of> = Of extends Codec<infer Value> ? Value : never

const TEXT = /^(LowCardinality\(String\)|String)$/
const same = <Value>(value: Value): unknown => value

/** Empty is a value like any other. */
export const text: Codec<string> = { read: z.string(), write: same, holds: type => TEXT.test(type) }

/** Null where the column, which can't be null, is empty. */
export const textOrNull: Codec<string | null> = {
  read: z.string().transform(value => (value === '' ? null : value)),
  write: value => value ?? '',
  holds: text.holds,
}

/** A count or an offset that stays a safe integer; 64-bit ones come in quotes. */
export const safeCount: Codec<number> = {
  read: z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\d{1,20}$/)
        .transform(Number),
    ])
    .refine(value => Number.isSafeInteger(value) && value >= 0, {
      error: 'expected a whole number from 0, below 2^53',
    }),
  write: same,
  holds: type => /^UInt(8|16|32|64)$/.test(type),
}

/** The same, and below zero as well. */
export const safeInteger: Codec<number> = {
  read: z
    .union([
      z.number(),
      z
        .string()
        .regex(/^-?\d{1,20}$/)
        .transform(Number),
    ])
    .refine(Number.isSafeInteger, { error: 'expected a whole number within 2^53' }),
  write: same,
  holds: type => /^Int(8|16|32|64)$/.test(type),
}

/** A count that may pass 2^53. A number that is not in quotes is taken only while a double holds it exactly. */
export const count64: Codec<bigint> = {
  read: z.union([
    z
      .string()
      .regex(/^\d{1,20}$/)
      .transform(BigInt),
    z.number().refine(isExactCount, { error: 'expected 64-bit integers in quotes' }).transform(BigInt),
  ]),
  write: value => value.toString(),
  holds: type => type === 'UInt64',
}

/** Exact decimals as text, without exponent; with all decimals of the column where it is money. */
export function decimalText(decimals: number, { padded = false } = {}): Codec<string> {
  const digits = z.string().regex(/^-?\d+(\.\d+)?$/, { error: 'expected a decimal in quotes' })
  return {
    read: padded ? digits.transform(value => padDecimals(value, decimals)) : digits,
    write: same,
    holds: type => new RegExp(`^Decimal\\(\\d+, ${decimals}\\)$`).test(type),
  }
}

/** An amount as people write it: two decimals, always. */
export const money = decimalText(2, { padded: true })

/** Milliseconds since the epoch. */
export const time: Codec<number> = {
  read: z.string().transform(readTime),
  write: timeMs => new Date(timeMs).toISOString(),
  holds: type => type === "DateTime64(3, 'UTC')",
  unit: 'Ms',
}

/** Milliseconds since the epoch, of whole seconds; an hour's begin, as a rule. */
export const secondTime: Codec<number> = {
  read: time.read,
  write: timeMs => timeMs / 1_000,
  holds: type => type === "DateTime('UTC')",
  unit: 'Ms',
}

export function nullable<Value>(codec: Codec<Value>): Codec<Value | null> {
  return {
    ...codec,
    read: codec.read.nullable(),
    write: value => (value === null ? null : codec.write(value)),
    holds: type => type.startsWith('Nullable(') && codec.holds(type.slice('Nullable('.length, -1)),
  }
}

export function enumOf<const Value extends string>(values: readonly Value[]): Codec<Value> {
  const inEnum = (type: string) =>
    type.startsWith('Enum8(') && values.every(value => type.includes(`'${value}'`))
  return { read: z.enum(values), write: same, holds: type => TEXT.test(type) || inEnum(type) }
}

/** Null where the column is empty: there is none. */
export function enumOrNull<const Value extends string>(values: readonly Value[]): Codec<Value | null> {
  return {
    read: z.enum([...values, '']).transform(value => (value === '' ? null : (value as Value))),
    write: value => value ?? '',
    holds: text.holds,
  }
}

export function listOf<Value>(codec: Codec<Value>): Codec<readonly Value[]> {
  return {
    read: z.array(codec.read),
    write: values => values.map(value => codec.write(value)),
    holds: type => type.startsWith('Array(') && codec.holds(type.slice('Array('.length, -1)),
  }
}

/** A value that is kept as JSON text. */
export function json<Value>(shape: z.ZodType<Value>): Codec<Value> {
  return {
    read: z
      .string()
      .transform((value, context): unknown => {
        try {
          return JSON.parse(value)
        } catch {
          context.addIssue({ code: 'custom', message: 'expected JSON' })
          return z.NEVER
        }
      })
      .pipe(shape),
    write: value => JSON.stringify(value),
    holds: text.holds,
  }
}

function isExactCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function padDecimals(value: string, decimals: number): string {
  const [whole = '', fraction = ''] = value.split('.')
  return `${whole}.${fraction.padEnd(decimals, '0')}`
}

const CLICKHOUSE_TIME = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{3})?Z?$/

/** As ClickHouse prints a time in UTC, in either of its two ways. */
function readTime(value: string, context: z.RefinementCtx): number {
  const timeMs = CLICKHOUSE_TIME.test(value)
    ? Date.parse(`${value.replace(' ', 'T').replace('Z', '')}Z`)
    : Number.NaN
  if (!Number.isNaN(timeMs)) return timeMs
  context.addIssue({ code: 'custom', message: `expected a time like 2026-10-01 00:00:00, got "${value}"` })
  return z.NEVER
}
