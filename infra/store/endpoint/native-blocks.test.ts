import { describe, expect, it } from 'vitest'
import { addBlockHeaders } from './native-blocks.ts'

const text = (value: string) => Buffer.concat([Buffer.of(value.length), Buffer.from(value)])
const HEADER = Buffer.from('010002ffffffff00', 'hex')

/** A block of one column as the engine writes it, and as a client of a protocol version expects it. */
function block(type: string, rows: number, values: Buffer) {
  const counts = Buffer.of(1, rows)
  const head = Buffer.concat([text('c'), text(type)])
  return {
    plain: Buffer.concat([counts, head, values]),
    headed: Buffer.concat([HEADER, counts, head, Buffer.of(0), values]),
  }
}

describe('addBlockHeaders', () => {
  it.each<[type: string, rows: number, values: Buffer]>([
    ['UInt8', 3, Buffer.alloc(3)],
    ["DateTime64(3, 'UTC')", 2, Buffer.alloc(16)],
    ['Decimal(38, 9)', 2, Buffer.alloc(32)],
    ["Enum8('a, (b' = 1)", 2, Buffer.alloc(2)],
    ['FixedString(5)', 2, Buffer.alloc(10)],
    ['String', 2, Buffer.concat([text('hei'), text('')])],
    ['Nullable(UInt32)', 2, Buffer.alloc(10)],
    ['Array(UInt16)', 2, Buffer.from('0100000000000000' + '0300000000000000' + '010002000300', 'hex')],
    [
      'Map(String, UInt8)',
      1,
      Buffer.concat([Buffer.from('0100000000000000', 'hex'), text('k'), Buffer.of(9)]),
    ],
    ["Tuple(client String, `a b` DateTime('UTC'))", 1, Buffer.concat([text('x'), Buffer.alloc(4)])],
    ['SimpleAggregateFunction(sum, UInt64)', 2, Buffer.alloc(16)],
    [
      'LowCardinality(Nullable(String))',
      2,
      Buffer.concat([
        Buffer.from('0100000000000000' + '0002000000000000' + '0200000000000000', 'hex'),
        text(''),
        text('a'),
        Buffer.from('0200000000000000' + '0100', 'hex'),
      ]),
    ],
    ['Array(LowCardinality(String))', 1, Buffer.from('0100000000000000' + '0000000000000000', 'hex')],
    ['String', 0, Buffer.alloc(0)],
  ])('%s of %d rows', (type, rows, values) => {
    const { plain, headed } = block(type, rows, values)
    expect(addBlockHeaders(plain, 54_460).toString('hex')).toBe(headed.toString('hex'))
    const twice = addBlockHeaders(Buffer.concat([plain, plain]), 54_460)
    expect(twice.equals(Buffer.concat([headed, headed]))).toBe(true)
  })

  it('leaves blocks alone for a client without a version, and the byte per column out for an old one', () => {
    const { plain } = block('UInt8', 1, Buffer.of(7))
    expect(addBlockHeaders(plain, 0)).toBe(plain)
    expect(addBlockHeaders(plain, 54_453).equals(Buffer.concat([HEADER, plain]))).toBe(true)
  })

  it('refuses what it can’t measure, and a block that is cut off', () => {
    expect(() =>
      addBlockHeaders(block('AggregateFunction(sum, UInt8)', 1, Buffer.alloc(8)).plain, 54_460),
    ).toThrow(/AggregateFunction\(sum, UInt8\)/)
    expect(() => addBlockHeaders(block('UInt64', 2, Buffer.alloc(8)).plain, 54_460)).toThrow(/ends before/)
  })
})
