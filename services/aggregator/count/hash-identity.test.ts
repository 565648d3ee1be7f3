import { describe, expect, test } from 'vitest'
import { hashId } from './hash-identity.ts'

describe('the hash of a request id', () => {
  test.each([
    ['', 0xdfa1343d00000000n],
    ['a', 0x4e6519163c2569b2n],
    ['abc', 0xbdb35704b3dd93fan],
    ['abcd', 0x6cd0bff443ed676an],
    ['7f3c9a0e-51d2-4b7e-9a63-0c1d2e3f4a5b', 0x9119834c19a84754n],
    ['forespørsel-1', 0x779687935fb71367n],
  ])('of «%s» is stored, and never changes', (id, hash) => {
    expect(hashId(id)).toBe(hash)
  })

  test('tells ids apart that differ in little', () => {
    const ids = Array.from({ length: 100_000 }, (_, number) => `request-${number}`)
    expect(new Set(ids.map(hashId)).size).toBe(ids.length)
    // Of halves as good as random ones about one pair collides.
    for (const half of [(hash: bigint) => hash >> 32n, (hash: bigint) => hash & 0xffff_ffffn])
      expect(new Set(ids.map(id => half(hashId(id)))).size).toBeGreaterThan(ids.length - 20)
  })
})
