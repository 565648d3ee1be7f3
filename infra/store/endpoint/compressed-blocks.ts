import { setImmediate } from 'node:timers/promises'
import { cityHash128 } from './city-hash.ts'

/** What ClickHouse itself cuts at. */
const BLOCK_BYTES = 1_048_576

const HASH_BYTES = 16
const HEADER_BYTES = 9
const LZ4 = 0x82

/** One token byte holds a literal length below this; above, bytes of 255 follow. */
const TOKEN_LENGTH_MAX = 15

/**
 * The body in ClickHouse's compressed blocks, which its JDBC driver (DBeaver, Metabase) asks for unless told otherwise.
 * Each is valid LZ4 that consists of literals alone: over loopback there is nothing to gain by packing tighter.
 */
export async function toCompressedBlocks(body: Buffer): Promise<Buffer> {
  const blocks: Buffer[] = []
  for (let at = 0; at < body.length; at += BLOCK_BYTES) {
    blocks.push(toBlock(body.subarray(at, at + BLOCK_BYTES)))
    // Hashing a block takes tens of milliseconds; the rest of the process gets its turn in between.
    await setImmediate()
  }
  return Buffer.concat(blocks)
}

function toBlock(raw: Buffer): Buffer {
  const prefix = literalPrefix(raw.length)
  const block = Buffer.alloc(HASH_BYTES + HEADER_BYTES + prefix.length + raw.length)
  block.writeUInt8(LZ4, HASH_BYTES)
  block.writeUInt32LE(block.length - HASH_BYTES, HASH_BYTES + 1)
  block.writeUInt32LE(raw.length, HASH_BYTES + 5)
  prefix.copy(block, HASH_BYTES + HEADER_BYTES)
  raw.copy(block, HASH_BYTES + HEADER_BYTES + prefix.length)
  const [low, high] = cityHash128(block.subarray(HASH_BYTES))
  block.writeBigUInt64LE(low, 0)
  block.writeBigUInt64LE(high, 8)
  return block
}

function literalPrefix(length: number): Buffer {
  if (length < TOKEN_LENGTH_MAX) return Buffer.of(length << 4)
  const beyond = length - TOKEN_LENGTH_MAX
  const bytes = Buffer.alloc(2 + Math.floor(beyond / 255), 255)
  bytes.writeUInt8(TOKEN_LENGTH_MAX << 4, 0)
  bytes.writeUInt8(beyond % 255, bytes.length - 1)
  return bytes
}
