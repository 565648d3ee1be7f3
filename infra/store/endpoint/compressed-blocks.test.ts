import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cityHash128 } from './city-hash.ts'
import { toCompressedBlocks } from './compressed-blocks.ts'

/** Reads back what a client does: hash, LZ4, sizes, then the one run of literals. */
function readBlocks(bytes: Buffer): Buffer {
  const raws: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const sizeWithHeader = bytes.readUInt32LE(at + 17)
    const block = bytes.subarray(at + 16, at + 16 + sizeWithHeader)
    const hash = [bytes.readBigUInt64LE(at), bytes.readBigUInt64LE(at + 8)]
    expect(cityHash128(block)).toEqual(hash)
    expect(block.readUInt8(0)).toBe(0x82)
    let length = block.readUInt8(9) >> 4
    let start = 10
    for (let more = length === 15; more; start += 1) {
      const byte = block.readUInt8(start)
      length += byte
      more = byte === 255
    }
    const raw = block.subarray(start)
    expect(raw.length).toBe(length)
    expect(block.readUInt32LE(5)).toBe(length)
    raws.push(raw)
    at += 16 + sizeWithHeader
  }
  return Buffer.concat(raws)
}

describe('toCompressedBlocks', () => {
  it.each([0, 1, 14, 15, 16, 269, 270, 271, 525, 1_048_575, 1_048_576, 1_048_577, 2_500_000])(
    'can be read back at %d bytes',
    async length => {
      const body = Buffer.alloc(length, 'forbruk')
      expect(readBlocks(await toCompressedBlocks(body)).equals(body)).toBe(true)
    },
  )

  it('can be read back whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async bytes => {
        const body = Buffer.from(bytes)
        expect(readBlocks(await toCompressedBlocks(body)).equals(body)).toBe(true)
      }),
    )
  })
})
