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

/** `YYYY-MM-DD`: a day of some time zone, which is no instant. */
export const dateText: Codec<string> = { read: z.iso.date(), write: same, holds: text.holds }

/** The same in a column of its own type. */
export const date: Codec<string> = { read: dateText.read, write: same, holds: type => type === 'Date' }
export const uuid: Codec<string> = { read: z.uuid(), write: same, holds: type => type === 'UUID' }

/** Null where the text column, which can't be null, is empty: there is none. */
export function orEmpty<Value>(codec: Codec<Value>): Codec<Value | null> {
  const none = z.literal('').transform(() => null)
  return {
    read: z.union([none, codec.read]),
    write: value => (value === null ? '' : codec.write(value)),
    holds: codec.holds,
  }
}

export const textOrNull = orEmpty(text)

/** Computed conditions are 0 or 1. */
export const bool: Codec<boolean> = {
  read: z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean),
  write: same,
  holds: type => type === 'Bool' || type === 'UInt8',
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

/** The same as documents have it: decimal text. */
export const countText: Codec<string> = {
  read: z.string().regex(/^\d{1,20}$/, { error: 'expected 64-bit integers in quotes' }),
  write: same,
  holds: count64.holds,
}

/** Exact decimals as text, without exponent; with all decimals of the column where it is money. */
export function decimalText(decimals: number, { padded = false } = {}): Codec<string> {
  const digits = z.string().regex(/^-?\d+(\.\d+)?$/, { error: 'expected a decimal in quotes' })
  return {
    read: padded ? digits.transform(value => padDecimals(value, decimals)) : digits,
    write: same,
    holds: type => /^Decimal\(\d+, (\d+)\)$/.exec(type)?.[1] === String(decimals),
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

/** ISO 8601 in UTC, to the millisecond: as documents have it. */
export const isoTime: Codec<string> = {
  read: time.read.transform(timeMs => new Date(timeMs).toISOString()),
  write: same,
  holds: time.holds,
}

/** As ClickHouse prints it, in UTC, for whoever only shows it. */
export const timeText: Codec<string> = {
  read: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/, { error: 'expected a time' }),
  write: same,
  holds: time.holds,
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

export function enumOrNull<const Value extends string>(values: readonly Value[]): Codec<Value | null> {
  return orEmpty(enumOf(values))
}

/** One of a few small numbers. */
export function numberOf<const Value extends number>(values: readonly Value[]): Codec<Value> {
  const error = `expected one of ${values.join(', ')}`
  return {
    read: z.custom<Value>(value => values.some(each => each === value), { error }),
    write: same,
    holds: type => /^UInt(8|16|32)$/.test(type),
  }
}

export function listOf<Value>(codec: Codec<Value>): Codec<readonly Value[]> {
  return {
    ...codec,
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
