import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import { snappyUncompressor } from 'hysnappy'
import { decompressFrame } from 'lz4-napi'

/**
 * The codecs that kafkajs (2.2.4) lacks, put into its own table: what other producers compress, and what a topic's
 * `compression.type` makes of an append. Nothing is compressed here. LZ4 and Zstandard are decoded beside the main
 * thread; Snappy is so quick that handing it over would take longer.
 */
const require = createRequire(import.meta.url)
const { Codecs }: { Codecs: Record<number, () => Codec> } =
  require('kafkajs/src/protocol/message/compression/index.js')

type Codec = { decompress(bytes: Buffer): Promise<Buffer> }

const COMPRESSION_MASK = 0x07
/** By Kafka's numbers; 1 is gzip, which kafkajs has. */
const SNAPPY = 2
const LZ4 = 3
const ZSTANDARD = 4

const decompressZstandard = promisify(zstdDecompress)
const uncompressSnappy = snappyUncompressor()

Codecs[SNAPPY] = () => ({ decompress: async bytes => decompressSnappy(bytes) })
Codecs[LZ4] = () => ({ decompress: decompressFrame })
Codecs[ZSTANDARD] = () => ({ decompress: bytes => decompressZstandard(bytes) })

/** The records of a batch, by its attributes. Throws where they can't be decompressed. */
export async function decompressRecords(attributes: number, stored: Buffer): Promise<Buffer> {
  const number = attributes & COMPRESSION_MASK
  if (number === 0) return stored
  const codec = Codecs[number]
  if (codec === undefined) throw new Error(`no compression has the number ${number}; expected 0 to 4`)
  return codec().decompress(stored)
}

/** Java's producers write snappy-java's stream of blocks, the others one block. */
const STREAM_MAGIC = Buffer.from('\x82SNAPPY\0', 'latin1')
/** The magic and two version numbers. */
const STREAM_HEADER_BYTES = 16

function decompressSnappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, STREAM_MAGIC.length).equals(STREAM_MAGIC)) return decompressBlock(bytes)
  const blocks: Buffer[] = []
  for (let start = STREAM_HEADER_BYTES; start < bytes.length; ) {
    const from = start + 4
    start = from + bytes.readInt32BE(start)
    blocks.push(decompressBlock(bytes.subarray(from, start)))
  }
  return Buffer.concat(blocks)
}

function decompressBlock(bytes: Buffer): Buffer {
  const { buffer, byteOffset, byteLength } = uncompressSnappy(bytes, decompressedLength(bytes))
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** A block begins with it, seven bits a byte. */
function decompressedLength(block: Buffer): number {
  let length = 0
  for (let index = 0; index < 5; index++) {
    const byte = block[index] ?? 0
    length += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return length
  }
  throw new Error('the length of a Snappy block takes more than five bytes')
}
