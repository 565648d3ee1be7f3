import { createRequire } from 'node:module'
import { crc32c } from '@node-rs/crc32'
import type { KafkaMessage } from 'kafkajs'
import { decompressRecords } from './codecs.ts'
import {
  CHECKED_START,
  CHECKSUM_START,
  type DamagedRecords,
  LENGTH_END,
  type PackedRecords,
  RECORDS_START,
  readBatchHeader,
  readDamagedRange,
} from './record-batch.ts'

/**
 * kafkajs (2.2.4, no longer changed) makes several objects of each record it fetches, which would cost about as
 * much as everything that counting does with it. So its decoder of record batches is replaced, in its module, by this
 * one: a whole batch becomes one message, whose offset is the batch's last and whose records stay packed until they are
 * counted. All that kafkajs itself asks of a message is its offset. Batches of transactions and control records, where
 * it asks for more, are left to its own decoder. kafkajs loads its decoder at its first fetch, so this only has to be
 * there before.
 *
 * A broker hands batches out as they lie on its disk, and neither it nor kafkajs looks at their checksum. One that
 * can't be read becomes a message that says so: an error here would have kafkajs ask for it again for ever.
 */
const require = createRequire(import.meta.url)
const DECODER = 'kafkajs/src/protocol/recordBatch/v0/decoder.js'
const decodeRecordByRecord: DecodeBatch = require(DECODER)
const { KafkaJSPartialMessageError }: { KafkaJSPartialMessageError: new (message: string) => Error } =
  require('kafkajs/src/errors.js')

type FetchDecoder = { readonly buffer: Buffer; offset: number }
type DecodedBatch = { readonly records: readonly object[] }
type DecodeBatch = (decoder: FetchDecoder) => Promise<DecodedBatch>

const module = require.cache[require.resolve(DECODER)]
if (module === undefined) throw new Error(`${DECODER} is not where kafkajs 2.2.4 has it`)
module.exports = packBatch

/** What the message of a batch carries beside what kafkajs reads of it. */
type PackedMessage = { readonly packed: PackedRecords | DamagedRecords }

/** Null for a message that kafkajs decoded itself. */
export function packedRecordsOf(message: KafkaMessage): PackedRecords | DamagedRecords | null {
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
  try {
    checkBatch(buffer, start, end)
    const { isPlain, attributes, ...header } = readBatchHeader(buffer, start)
    if (!isPlain) return await decodeRecordByRecord(decoder)
    const bytes = await decompressRecords(attributes, buffer.subarray(start + RECORDS_START, end))
    return messageOf({ ...header, bytes })
  } catch (error) {
    const damage = error instanceof Error ? error.message : String(error)
    return messageOf({ ...readDamagedRange(buffer, start, end), damage })
  } finally {
    decoder.offset = end
  }
}

function checkBatch(buffer: Buffer, start: number, end: number): void {
  const checksum = buffer.readUInt32BE(start + CHECKSUM_START)
  const found = crc32c(buffer.subarray(start + CHECKED_START, end))
  if (found !== checksum) throw new Error(`its checksum is ${found}, and it came with ${checksum}`)
}

function messageOf(packed: PackedRecords | DamagedRecords): DecodedBatch {
  const message = {
    packed,
    offset: String(packed.lastOffset),
    key: null,
    value: null,
    isControlRecord: false,
    batchContext: { producerId: '-1', inTransaction: false },
  }
  return { records: [message] }
}
