import avro from 'avsc'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AvroMalformedError } from './avro-bytes.ts'
import { openAvroSchema } from './open-avro-schema.ts'

/** A schema, a value as avsc writes it, and what JSON it stands for. */
type Case = { readonly schema: unknown; readonly value: unknown; readonly json: unknown }

const same = (schema: unknown) => (value: unknown) => ({ schema, value, json: value })
const text = fc.string({ unit: 'binary', maxLength: 12 })
/** Of the integers that a number holds, avsc writes no others exactly. */
const safe = fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 })
const leaf: fc.Arbitrary<Case> = fc.oneof(
  fc.constant(null).map(same('null')),
  fc.boolean().map(same('boolean')),
  fc.integer().map(same('int')),
  safe.map(same('long')),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map(value => ({ ...same('double')(value), json: value + 0 })),
  text.map(same('string')),
  text.map(value => ({ schema: 'bytes', value: Buffer.from(value), json: value })),
  fc.integer({ min: 0, max: 4e12 }).map(value => ({
    ...{ schema: { type: 'long', logicalType: 'timestamp-millis' }, value },
    json: new Date(value).toISOString(),
  })),
)

/** Names are a schema's own: numbered in the order in which they come. */
const anyCase: fc.Arbitrary<Case> = fc.letrec<{ case: Case }>(tie => ({
  case: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('case'), { maxLength: 4 }).map(toRecord),
    fc.tuple(leaf, fc.nat(3)).map(([{ schema, value, json }, length]) => ({
      schema: { type: 'array', items: { type: 'map', values: schema } },
      value: Array(length).fill({ a: value }),
      json: Array(length).fill({ a: json }),
    })),
    leaf.filter(({ schema }) => schema !== 'null').map(toNullable),
  ),
})).case

function toRecord(fields: readonly Case[]): Case {
  const named = fields.map((field, index) => ({ ...field, name: `f${index}` }))
  return {
    schema: { type: 'record', name: 'R', fields: named.map(({ name, schema: type }) => ({ name, type })) },
    value: Object.fromEntries(named.map(({ name, value }) => [name, value])),
    json: Object.fromEntries(named.map(({ name, json }) => [name, json])),
  }
}

function toNullable({ schema, value, json }: Case): Case {
  const branch = typeof schema === 'string' ? schema : 'long'
  return { schema: ['null', schema], value: { [branch]: value }, json }
}

let records = 0
/** A record within another one needs a name of its own. */
function numberRecords(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'name' && value === 'R' ? `R${records++}` : value,
  )
}

/** In a record, since a text that is all of a schema stands for itself. */
const written = anyCase.map(each => {
  const { schema, value, json } = toRecord([each])
  const named = numberRecords(schema) as avro.Schema
  const payload = avro.Type.forSchema(named, { wrapUnions: true }).toBuffer(value)
  return { text: JSON.stringify(named), payload, json }
})

test('what avsc has written is read as what it says', () => {
  fc.assert(
    fc.property(written, ({ text, payload, json }) => {
      const read = openAvroSchema({ text, references: [] })(payload).toString()
      expect(JSON.parse(read)).toEqual(json)
    }),
    { numRuns: 500 },
  )
})

test('longs of 64 bits are exact, whatever they are', () => {
  const read = openAvroSchema({ text: '"long"', references: [] })
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), value => {
      const json: unknown = JSON.parse(read(longOf(value)).toString())
      expect(typeof json === 'string' ? BigInt(json) : BigInt(Number(json))).toBe(value)
    }),
    { numRuns: 2_000 },
  )
})

test('cut off, or with a byte changed, it is read or refused, and nothing else', () => {
  const changes = fc.tuple(fc.nat(), fc.nat(255), fc.boolean())
  fc.assert(
    fc.property(written, changes, ({ text, payload }, [at, byte, isCut]) => {
      const changed = Buffer.from(isCut ? payload.subarray(0, at % (payload.length + 1)) : payload)
      if (changed.length > 0 && !isCut) changed[at % changed.length] = byte
      const open = openAvroSchema({ text, references: [] })
      try {
        JSON.parse(open(changed).toString())
      } catch (error) {
        if (!(error instanceof AvroMalformedError)) throw error
      }
    }),
    { numRuns: 1_000 },
  )
})

function longOf(value: bigint): Buffer {
  const bytes: number[] = []
  for (let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)); ; left >>= 7n) {
    if (left < 128n) return Buffer.from([...bytes, Number(left)])
    bytes.push(Number((left & 127n) | 128n))
  }
}
