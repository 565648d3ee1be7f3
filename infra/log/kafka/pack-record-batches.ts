import { createRequire } from 'node:module'
import type { KafkaMessage } from 'kafkajs'
import { LENGTH_END, type PackedRecords, RECORDS_START, readBatchHeader } from './record-batch.ts'

/**
 * kafkajs (2.2.4, no longer changed) makes several objects of each record it fetches, which would cost about as
 * much as everything that counting does with it. So its decoder of record batches is replaced, in its module, by this
 * one: a whole batch becomes one message, whose offset is the batch's last and whose records stay packed until they are
 * counted. All that kafkajs itself asks of a message is its offset. Batches of transactions and control records, where
 * it asks for more, are left to its own decoder. kafkajs loads its decoder at its first fetch, so this only has to be
 * there before.
 */
const require = createRequire(import.meta.url)
const DECODER = 'kafkajs/src/protocol/recordBatch/v0/decoder.js'
const decodeRecordByRecord: DecodeBatch = require(DECODER)
const { lookupCodecByAttributes }: { lookupCodecByAttributes: (attributes: number) => Codec | null } =
  require('kafkajs/src/protocol/message/compression/index.js')
const { KafkaJSPartialMessageError }: { KafkaJSPartialMessageError: new (message: string) => Error } =
  require('kafkajs/src/errors.js')

type FetchDecoder = { readonly buffer: Buffer; offset: number }
type DecodedBatch = { readonly records: readonly object[] }
type DecodeBatch = (decoder: FetchDecoder) => Promise<DecodedBatch>
type Codec = { decompress(bytes: Buffer): Promise<Buffer> }

const module = require.cache[require.resolve(DECODER)]
if (module === undefined) throw new Error(`${DECODER} is not where kafkajs 2.2.4 has it`)
module.exports = packBatch

/** What the message of a packed batch carries beside what kafkajs reads of it. */
type PackedMessage = { readonly packed: PackedRecords }

/** Null for a message that kafkajs decoded itself. */
export function packedRecordsOf(message: KafkaMessage): PackedRecords | null {
  return isPacked(message) ? message.packed : null
}

/** kafkajs gives its own messages no such field. */
function isPacked(message: object): message is PackedMessage {
  return 'packed' in message
}

async function packBatch(decoder: FetchDecoder): Promise<DecodedBatch> {
  const { buffer, offset: start } = decoder
  const end = start + LENGTH_END + buffer.readInt32BE(start + 8)
  if (end > buffer.length) {
    // The last batch of a fetch may be cut off: kafkajs knows by this error, and asks for it again.
    throw new KafkaJSPartialMessageError(`${buffer.length - start} of a record batch's ${end - start} bytes`)
  }
  const { isPlain, compression, ...header } = readBatchHeader(buffer, start)
  if (!isPlain) return decodeRecordByRecord(decoder)
  decoder.offset = end
  const stored = buffer.subarray(start + RECORDS_START, end)
  const codec = lookupCodecByAttributes(compression)
  const bytes = codec === null ? stored : await codec.decompress(stored)
  const packed: PackedMessage = { packed: { ...header, bytes } }
  const message = {
    ...packed,
    offset: String(header.lastOffset),
    key: null,
    value: null,
    isControlRecord: false,
    batchContext: { producerId: '-1', inTransaction: false },
  }
  return { records: [message] }
}
