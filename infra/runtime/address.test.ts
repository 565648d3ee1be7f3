import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddress } from './address.ts'

describe('parseAddress', () => {
  it.each([
    ['127.0.0.1:8123', { host: '127.0.0.1', port: 8123 }],
    ['kafka-1.example:9092', { host: 'kafka-1.example', port: 9092 }],
    ['[::1]:0', { host: '::1', port: 0 }],
  ])('reads %s', (text, address) => {
    expect(parseAddress(text)).toEqual(address)
  })

  it.each(['', ':1', 'a', 'a:', 'a:b', 'a:65536', '::1:80', '[x]:80', '[1.2.3.4]:80', 'a b:1', 'http://a:1'])(
    'refuses «%s»',
    text => {
      expect(parseAddress(text)).toBeNull()
    },
  )

  it('gives a port that can be listened on, or nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(fc.domain(), fc.nat()).map(([host, port]) => `${host}:${port}`),
        ),
        text => {
          const port = parseAddress(text)?.port ?? 0
          expect(port >= 0 && port <= 65_535).toBe(true)
        },
      ),
    )
  })
})
