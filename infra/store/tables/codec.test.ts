import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  bool,
  type Codec,
  count64,
  countText,
  dateText,
  decimalText,
  enumOf,
  enumOrNull,
  isoTime,
  json,
  listOf,
  money,
  nullable,
  numberOf,
  orEmpty,
  safeCount,
  safeInteger,
  secondTime,
  text,
  textOrNull,
  time,
  timeText,
  uuid,
} from './codec.ts'
import { declareTable, omit, select, shapeOf, toRow, tuple } from './table.ts'

const read = <Value>(codec: Codec<Value>, stored: unknown) => codec.read.safeParse(stored)

test.each([
  ['text', text, 'Bø', 'Bø'],
  ['an empty text', textOrNull, '', null],
  ['a quoted count', safeCount, '9007199254740991', 9_007_199_254_740_991],
  ['a bare count', safeCount, 7, 7],
  ['below zero', safeInteger, '-1', -1],
  ['64 bits', count64, '18446744073709551615', 18_446_744_073_709_551_615n],
  ['64 bits of a document', countText, '18446744073709551615', '18446744073709551615'],
  ['a condition', bool, 1, true],
  ['a boolean', bool, false, false],
  ['one of several numbers', numberOf([50, 80]), 80, 80],
  ['a day', dateText, '2026-10-01', '2026-10-01'],
  ['no day', orEmpty(dateText), '', null],
  ['no JSON', orEmpty(json(z.object({ a: z.int() }))), '', null],
  ['a time of a document', isoTime, '2026-10-01 00:00:00.123', '2026-10-01T00:00:00.123Z'],
  ['a time to show', timeText, '2026-10-01 00:00:00.123', '2026-10-01 00:00:00.123'],
  ['an id', uuid, '6f8f8b2e-7d0e-4c39-9d49-0b0a3b1f2c11', '6f8f8b2e-7d0e-4c39-9d49-0b0a3b1f2c11'],
  ['a quantity', decimalText(20), '0.5', '0.5'],
  ['money', money, '149', '149.00'],
  ['a time', time, '2026-10-01 00:00:00.123', Date.parse('2026-10-01T00:00:00.123Z')],
  ['a time as ISO 8601', time, '2026-10-01T00:00:00.123Z', Date.parse('2026-10-01T00:00:00.123Z')],
  ['an hour', secondTime, '2026-10-01 13:00:00', Date.parse('2026-10-01T13:00:00Z')],
  ['no time', nullable(time), null, null],
  ['one of several', enumOf(['a', 'b']), 'b', 'b'],
  ['none of several', enumOrNull(['a', 'b']), '', null],
  ['JSON', json(z.object({ a: z.int() })), '{"a":1}', { a: 1 }],
  ['a list of tuples', listOf(tuple({ nextOffset: safeCount })), [{ next_offset: '4' }], [{ nextOffset: 4 }]],
])('%s is read, and read again as it was written', (_, codec: Codec<unknown>, stored, value) => {
  expect(codec.read.parse(stored)).toEqual(value)
  expect(codec.read.parse(storedAgain(codec.write(value)))).toEqual(value)
})

/** A second's time is written as a number, which ClickHouse prints as a text. */
function storedAgain(written: unknown): unknown {
  return typeof written === 'number' && written > 1e9 && Number.isInteger(written) && written < 1e11
    ? new Date(written * 1_000).toISOString().replace(/\.000Z$/, '')
    : written
}

test.each([
  ['a count', safeCount, [null, '', undefined, '1e3', '-1', 1.5, '9007199254740992', true, ' 1']],
  ['an integer', safeInteger, [null, '', '--1', 0.1, '9007199254740993']],
  ['64 bits', count64, [null, '', -1, '-1', 2 ** 53, '1.0']],
  ['64 bits of a document', countText, [null, '', 7, '-1', '1.0', '1e3']],
  ['a condition', bool, [null, '', 2, '1', 'true']],
  ['one of several numbers', numberOf([50]), [null, '', 0, 51, '50']],
  ['a day', dateText, [null, '', '2026-02-30', '2026-10', 20261001]],
  ['a day or none', orEmpty(dateText), [null, '2026-02-30', 0]],
  ['JSON or none', orEmpty(json(z.object({}))), [null, '{', '0']],
  ['a time to show', timeText, [null, '', 0, '2026-10-01T00:00:00.123Z']],
  ['an id', uuid, [null, '', 'x']],
  ['a decimal', money, [null, '', 1.5, '1e3', '.5', '1.']],
  ['a time', time, [null, '', 0, '2026-10-01', 'yesterday', '2026-13-01 00:00:00.000']],
  ['an enum', enumOf(['a']), [null, '', 'b']],
  ['JSON', json(z.unknown()), [null, '', '{']],
  ['text', text, [null, 0, undefined]],
])('%s that is none is refused, and never read as 0', (_, codec: Codec<unknown>, values) => {
  for (const value of values) expect({ value, ok: read(codec, value).success }).toEqual({ value, ok: false })
})

test.each([
  [safeCount, 'UInt32', true],
  [safeCount, 'Int64', false],
  [safeCount, 'Nullable(UInt32)', false],
  [nullable(safeCount), 'Nullable(UInt64)', true],
  [count64, 'UInt32', false],
  [countText, 'UInt64', true],
  [countText, 'String', false],
  [bool, 'Bool', true],
  [bool, 'UInt8', true],
  [bool, 'UInt64', false],
  [numberOf([50]), 'UInt8', true],
  [dateText, 'String', true],
  [uuid, 'UUID', true],
  [orEmpty(json(z.object({}))), 'String', true],
  [money, 'Decimal(18, 2)', true],
  [money, 'Decimal(18, 6)', false],
  [time, "DateTime64(3, 'UTC')", true],
  [time, "DateTime64(3, 'Europe/Oslo')", false],
  [secondTime, "DateTime('UTC')", true],
  [enumOf(['a', 'b']), "Enum8('a' = 0, 'b' = 1)", true],
  [enumOf(['a', 'c']), "Enum8('a' = 0, 'b' = 1)", false],
  [listOf(tuple({ a: text, nextOffset: safeCount })), 'Array(Tuple(a String, next_offset UInt64))', true],
  [listOf(tuple({ a: text, nextOffset: safeCount })), 'Array(Tuple(next_offset UInt64, a String))', false],
  [listOf(tuple({ a: text })), 'Array(Tuple(a String, b String))', false],
  [listOf(tuple({ at: nullable(time) })), "Array(Tuple(at Nullable(DateTime64(3, 'UTC'))))", true],
])('%# a column of type %s', (codec: Codec<unknown>, type, holds) => {
  expect({ type, holds: codec.holds(type) }).toEqual({ type, holds })
})

test('from one declaration follow the columns of a SELECT, the shape of its rows and what an insert takes', () => {
  const visits = declareTable('visits', { clientId: text, seenAtMs: time, cut: listOf(tuple({ a: text })) })
  const row = { clientId: 'x', seenAtMs: 1_000, cut: [{ a: 'b' }] }
  const stored = { client_id: 'x', seen_at: '1970-01-01T00:00:01.000Z', cut: [{ a: 'b' }] }
  expect(toRow(visits, row)).toEqual(stored)
  expect(select(visits).list).toBe('client_id, seen_at, cut')
  expect(select(visits).shape.parse(stored)).toEqual(row)
  expect(select(visits, 'seenAtMs', 'clientId').list).toBe('client_id, seen_at')
  expect(select(visits, 'clientId').shape.parse(stored)).toEqual({ clientId: 'x' })
  const unseen = omit(visits, 'seenAtMs')
  expect(toRow(unseen, row)).toEqual({ client_id: 'x', cut: [{ a: 'b' }] })
  expect(select(unseen).list).toBe('client_id, cut')
  expect(shapeOf({ requestsSum: count64 }).parse({ requests_sum: '3' })).toEqual({ requestsSum: 3n })
})
