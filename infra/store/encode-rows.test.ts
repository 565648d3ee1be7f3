import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeRows } from './encode-rows.ts'

describe('encodeRows', () => {
  it('writes a line per row in the columns of the first, bigints as exact digits at every depth', () => {
    const rows = [
      { a: 1, b: 18446744073709551615n },
      { b: [{ n: 2n }], a: 'x\ny' },
    ]
    expect(encodeRows('t', rows)).toEqual({
      columns: ['a', 'b'],
      text: '[1,"18446744073709551615"]\n["x\\ny",[{"n":"2"}]]\n',
    })
  })

  it('never lets a raw newline into a row', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ a: fc.string(), b: fc.string() })), rows => {
        const { text } = encodeRows('t', rows)
        expect(text.split('\n')).toHaveLength(rows.length + 1)
      }),
    )
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53), 1e300])('refuses %d', value => {
    expect(() => encodeRows('usage', [{ requests: 1 }, { requests: value }])).toThrow(
      /row 2 for usage.*"requests"/,
    )
  })

  it('refuses a row with other columns than the first', () => {
    expect(() => encodeRows('t', [{ a: 1 }, { b: 1 }])).toThrow('row 2 for t has nothing at "a"')
    expect(() => encodeRows('t', [{ a: 1 }, { a: 1, b: 1 }])).toThrow('row 2 for t also has b')
  })
})
