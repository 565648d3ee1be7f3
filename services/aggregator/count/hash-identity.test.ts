import { describe, expect, test } from 'vitest'
import { hashOrigin } from './hash-identity.ts'

const hashId = (id: string) => hashOrigin({ source: 'gw', identity: { kind: 'request_id', id } })
const hashLine = (source: string, file: string, position: number) =>
  hashOrigin({ source, identity: { kind: 'position', file, position } })

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

describe('the hash of a line', () => {
  test('is stored, and never changes', () => {
    expect(hashLine('gw', 'a', 0)).toBe(0xb7535e9e40ab9625n)
    expect(hashLine('gw', 'a', 2 ** 40 + 1)).toBe(0x4e0d3835aa6a6bc3n)
  })

  test('tells apart lines of a file, files of a source, and sources', () => {
    const hashes = Array.from({ length: 50_000 }, (_, line) => hashLine('gw-1', 'file-1', line * 120))
    for (const other of [hashLine('gw-2', 'file-1', 0), hashLine('gw-1', 'file-2', 0)]) hashes.push(other)
    expect(new Set(hashes).size).toBe(hashes.length)
    for (const half of [(hash: bigint) => hash >> 32n, (hash: bigint) => hash & 0xffff_ffffn])
      expect(new Set(hashes.map(half)).size).toBeGreaterThan(hashes.length - 20)
  })
})
