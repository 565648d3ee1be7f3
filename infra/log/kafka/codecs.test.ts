import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { snappyCompress } from 'hysnappy'
import { compressFrameSync } from 'lz4-napi'
import { expect, test } from 'vitest'
import { decompressRecords } from './codecs.ts'

function frame(block: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(block.length)
  return Buffer.concat([length, block])
}

const snappyBlock = (bytes: Buffer) => Buffer.from(snappyCompress(bytes))
const STREAM_HEADER = Buffer.from('\x82SNAPPY\0\0\0\0\x01\0\0\0\x01', 'latin1')

const CODECS: readonly (readonly [string, number, (bytes: Buffer) => Buffer])[] = [
  ['nothing', 0, bytes => bytes],
  ['gzip', 1, bytes => gzipSync(bytes)],
  ['Snappy, as librdkafka writes it', 2, snappyBlock],
  [
    "Snappy, as Java's producers write it",
    2,
    bytes => {
      const half = bytes.length >> 1
      const blocks = [bytes.subarray(0, half), bytes.subarray(half)].map(snappyBlock)
      return Buffer.concat([STREAM_HEADER, ...blocks.map(frame)])
    },
  ],
  ['LZ4', 3, bytes => compressFrameSync(bytes, { blockChecksums: true })],
  ['Zstandard', 4, bytes => zstdCompressSync(bytes)],
]

test.each(CODECS)('%s is undone, whatever the other attributes say', async (_, number, compress) => {
  const repetitive = fc.string({ minLength: 1, maxLength: 40 }).map(text => Buffer.from(text.repeat(5_000)))
  const any = fc.uint8Array({ minLength: 1, maxLength: 3_000 }).map(bytes => Buffer.from(bytes))
  await fc.assert(
    fc.asyncProperty(fc.oneof(any, repetitive), async bytes => {
      expect((await decompressRecords(number | 0x08, compress(bytes))).equals(bytes)).toBe(true)
    }),
    { numRuns: 30 },
  )
})

// A frame of LZ4 may be cut off between two of its blocks: then the batch's number of records doesn't fit its bytes.
test.each(CODECS.filter(([, number]) => number !== 0 && number !== 3))(
  '%s that was cut off is an error',
  async (_, number, compress) => {
    const bytes = compress(Buffer.from('a request'.repeat(1_000)))
    await expect(decompressRecords(number, bytes.subarray(0, bytes.length - 3))).rejects.toThrow()
  },
)

test('a number that no codec has is named', async () => {
  await expect(decompressRecords(6, Buffer.from('abc'))).rejects.toThrow('no compression has the number 6')
})
