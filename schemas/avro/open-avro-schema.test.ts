import { readFileSync } from 'node:fs'
import avro from 'avsc'
import { expect, test } from 'vitest'
import { AvroMalformedError } from './avro-bytes.ts'
import { openAvroSchema } from './open-avro-schema.ts'

const read = (schema: unknown, payload: Buffer, references: readonly unknown[] = []) =>
  openAvroSchema({
    text: JSON.stringify(schema),
    references: references.map(reference => JSON.stringify(reference)),
  })(payload).toString()
const record = (...fields: readonly object[]) => ({ type: 'record', name: 'R', fields })
const goldenOf = (name: string) => readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8')

test('golden bytes of every type, written by another program', () => {
  const payload = Buffer.from(goldenOf('line.hex').trim(), 'hex')
  const text = openAvroSchema({ text: goldenOf('line.avsc'), references: [] })(payload).toString()
  expect(text).toBe(JSON.stringify(JSON.parse(goldenOf('line.json'))))
})

test('what a schema refers to is known by its name', () => {
  const method = { type: 'enum', name: 'org.example.Method', symbols: ['GET', 'POST'] }
  const line = { ...record({ name: 'method', type: 'org.example.Method' }), namespace: 'org.other' }
  expect(read(line, Buffer.from([2]), [method])).toBe('{"method":"POST"}')
})

test.each([
  ['a name that is none', { type: 'record', name: '"];x', fields: [] }],
  ['one that nobody has', record({ name: 'a', type: 'org.example.Unknown' })],
  ['text', 'no schema'],
  ['a list of fields that is none', { type: 'record', name: 'R', fields: 7 }],
  ['a type that is a number', 7],
])('a schema with %s is refused', (_what, schema) => {
  expect(() => openAvroSchema({ text: JSON.stringify(schema), references: [] })).toThrow()
})

test.each([
  ['lists within lists', `${'{"type":"array","items":'.repeat(20_000)}"int"${'}'.repeat(20_000)}`],
  ['no JSON', '{'],
])('and so is one of %s', (_what, text) => {
  expect(() => openAvroSchema({ text, references: [] })).toThrow()
})

const LONG_MAX = Buffer.from('feffffffffffffffff01', 'hex')
const NODE = record({ name: 'next', type: ['null', 'R'] })

test.each<[string, unknown, Buffer]>([
  ['a record that is itself without end', record({ name: 'a', type: 'R' }), Buffer.alloc(0)],
  ['one that is too deep', NODE, Buffer.concat([Buffer.alloc(5_000, 2), Buffer.from([0])])],
  ['a list of nothing', { type: 'array', items: 'null' }, Buffer.from([2, 0])],
  ['a list without end', { type: 'array', items: 'null' }, LONG_MAX],
  ['a map without end', { type: 'map', values: 'null' }, LONG_MAX],
  ['a block that is shorter than nothing', { type: 'array', items: 'int' }, Buffer.from([1, 1, 0])],
  ['a text that is longer than its bytes', record({ name: 'a', type: 'string' }), LONG_MAX],
  ['a text that is shorter than nothing', record({ name: 'a', type: 'string' }), Buffer.from([1])],
  ['a fixed that is cut off', { type: 'fixed', name: 'F', size: 1e9 }, Buffer.from([1])],
  ['a number of eleven bytes', 'long', Buffer.alloc(11, 0xff)],
  ['a number of 65 bits', 'long', Buffer.from('feffffffffffffffff03', 'hex')],
  ['an int of 33 bits', 'int', Buffer.from('8080808020', 'hex')],
  ['a boolean that is neither', 'boolean', Buffer.from([2])],
  ['a branch that is not there', record({ name: 'a', type: ['null', 'int'] }), Buffer.from([4])],
  ['a branch before the first', record({ name: 'a', type: ['null', 'int'] }), Buffer.from([1])],
  ['a symbol that is not there', { type: 'enum', name: 'E', symbols: ['A'] }, Buffer.from([2])],
  ['bytes that are left over', 'int', Buffer.from([2, 2])],
  ['nothing at all', 'int', Buffer.alloc(0)],
  [
    'a decimal of 65 bytes',
    { type: 'bytes', logicalType: 'decimal', precision: 9 },
    avro.Type.forSchema('bytes').toBuffer(Buffer.alloc(65)),
  ],
])('%s is refused at once', (_what, schema, payload) => {
  expect(() => read(schema, payload)).toThrow(AvroMalformedError)
})

test('a few bytes that stand for a long text come to an end', () => {
  const twice = (depth: number): unknown =>
    depth === 0
      ? 'null'
      : {
          type: 'record',
          name: `R${depth}`,
          fields: [
            { name: 'a', type: twice(depth - 1) },
            { name: 'b', type: depth === 1 ? 'null' : `R${depth - 1}` },
          ],
        }
  expect(() => read(twice(40), Buffer.alloc(0))).toThrow('it comes to more than')
})

test('a field that every object inherits is one of its own', () => {
  const schema = record({ name: 'constructor', type: 'int' }, { name: '__proto__', type: 'int' })
  expect(read(schema, Buffer.from([2, 4]))).toBe('{"constructor":1,"__proto__":2}')
  const map = avro.Type.forSchema({ type: 'map', values: 'int' })
  expect(read({ type: 'map', values: 'int' }, map.toBuffer({ toString: 3 }))).toBe('{"toString":3}')
})

test.each<[string, number | bigint, string]>([
  ['timestamp-millis', 1_792_065_600_500, '2026-10-15T12:00:00.500Z'],
  ['timestamp-millis', -1, '1969-12-31T23:59:59.999Z'],
  ['timestamp-micros', 1_792_065_600_500_001, '2026-10-15T12:00:00.500001Z'],
  ['timestamp-millis', 253_402_300_800_000, '+010000-01-01T00:00:00.000Z'],
  ['timestamp-millis', 8_640_000_000_001_000, 'beyond any time'],
  ['local-timestamp-millis', 0, '1970-01-01T00:00:00.000'],
  ['time-micros', 86_400_000_000, 'beyond any time'],
])('%s of %s is told by its own unit', (logicalType, value, expected) => {
  const payload = avro.Type.forSchema('long').toBuffer(Number(value))
  expect(read({ type: 'long', logicalType }, payload)).toBe(JSON.stringify(expected))
})

test.each([
  ['', 2, '0'],
  ['00', 0, '0'],
  ['7f', 0, '127'],
  ['80', 1, '-12.8'],
  ['ff', 3, '-0.001'],
  ['04d2', 2, '12.34'],
  ['4e20', 2, '200'],
  ['0de0b6b3a7640000', 18, '1'],
  ['7fffffffffffffffffffffffffffffff', 0, '170141183460469231731687303715884105727'],
])('a decimal of %s at scale %i is %s', (hex, scale, expected) => {
  const payload = avro.Type.forSchema('bytes').toBuffer(Buffer.from(hex, 'hex'))
  expect(read({ type: 'bytes', logicalType: 'decimal', precision: 40, scale }, payload)).toBe(`"${expected}"`)
})

test('a meaning that a type can not have is none', () => {
  expect(read({ type: 'string', logicalType: 'uuid' }, Buffer.from([2, 0x61]))).toBe('"a"')
  expect(read({ type: 'int', logicalType: 'timestamp-millis' }, Buffer.from([2]))).toBe('1')
  expect(read({ type: 'bytes', logicalType: 'decimal', scale: 1e9 }, Buffer.from([2, 0x61]))).toBe('a')
})
