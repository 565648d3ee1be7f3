import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeRows } from './encode-rows.ts'

describe('encodeRows', () => {
  it('writes a line per row, bigints as exact digits', () => {
    expect(encodeRows('t', [{ a: 1, b: 18446744073709551615n }, { a: 'x\ny' }])).toBe(
      '{"a":1,"b":"18446744073709551615"}\n{"a":"x\\ny"}\n',
    )
  })

  it('never lets a raw newline into a row', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.string())), rows => {
        const text = encodeRows('t', rows)
        expect(text.split('\n')).toHaveLength(rows.length + 1)
      }),
    )
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53), 1e300])('refuses %d', value => {
    expect(() => encodeRows('usage', [{ ok: 1 }, { requests: value }])).toThrow(/row 2 for usage.*"requests"/)
  })
})
