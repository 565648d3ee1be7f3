import { expect, test } from 'vitest'
import { rejectedLineV1, requestEventV1, sourceMarkV1 } from './avro-types.ts'
import { fingerprintOf } from './fingerprint.ts'

// Computed with Avro's own Python implementation (avro 1.12), little-endian as on the wire. Its canonical form leaves a
// logical type's base as {"type":"long"}, against the specification, so there the logical types were taken out first.
test.each([
  ['"null"', '8a8f25cce724dd63'],
  ['"int"', '8f5c393f1ad57572'],
  ['"string"', 'c70345637248018f'],
])('the fingerprint of %s is that of other implementations', (schema, expected) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(fingerprintOf(schema))
  expect(bytes.toString('hex')).toBe(expected)
})

test.each([
  ['request event', requestEventV1, '5cef258611c879fe'],
  ['source mark', sourceMarkV1, '8551048a05018f44'],
  ['rejected line', rejectedLineV1, 'ee8e39234e82f3f3'],
])('the header of a %s is that of other implementations', (_, type, fingerprint) => {
  expect(type.header.toString('hex')).toBe(`c301${fingerprint}`)
})
