import { createRequire } from 'node:module'
import { crc32c } from '@node-rs/crc32'
import fc from 'fast-check'
import type { KafkaMessage } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { EventLogError, type LogRecord } from '../event-log.ts'
import { packedRecordsOf } from './pack-record-batches.ts'
import { unpackRecords } from './record-batch.ts'

/** kafkajs's own parts: what it encodes and decodes is what must come out. */
const require = createRequire(import.meta.url)
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0/index.js')
const Record = require('kafkajs/src/protocol/recordBatch/record/v0/index.js')
const Decoder = require('kafkajs/src/protocol/decoder.js')
const Long = require('kafkajs/src/utils/long.js')
const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js')
const Encoder = require('kafkajs/src/protocol/encoder.js')

type Sent = {
  readonly offsetDelta: number
  readonly timestampDelta: number
  readonly key: Buffer | null
  readonly value: Buffer | null
}

async function encodeBatch(
  firstOffset: number,
  sent: readonly Sent[],
  options: object = {},
): Promise<Buffer> {
  const batch = await RecordBatch({
    firstOffset: Long.fromValue(firstOffset),
    firstTimestamp: 1_000_000,
    maxTimestamp: 2_000_000,
    lastOffsetDelta: sent.at(-1)?.offsetDelta ?? 0,
    records: sent.map(record => Record({ ...record, headers: { trace: 'x' } })),
    ...options,
  })
  return batch.buffer
}

/** As kafkajs reads the answer to a fetch. */
async function fetched(...batches: readonly Buffer[]) {
  const bytes = Buffer.concat(batches)
  return decodeMessages(new Decoder(new Encoder().writeInt32(bytes.length).writeBuffer(bytes).buffer))
}

function unpackedOf(message: KafkaMessage, fromOffset: number): LogRecord[] {
  const packed = packedRecordsOf(message)
  if (packed === null || 'damage' in packed) throw new Error(`not packed: ${packed?.damage}`)
  const records: LogRecord[] = []
  unpackRecords(packed, fromOffset, records)
  return records.map(toPlain)
}

/** The key is a getter, which a comparison would pass over. */
function toPlain({ offset, appendTimeMs, key, value }: LogRecord): LogRecord {
  return { offset, appendTimeMs, key, value }
}

const sentRecords = fc
  .array(
    fc.record({
      step: fc.integer({ min: 1, max: 300 }),
      timestampDelta: fc.integer({ min: -5_000, max: 2 ** 31 }),
      key: fc.option(fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes))),
      value: fc.option(fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes))),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map(records => {
    let offsetDelta = -1
    return records.map(({ step, ...record }) => {
      offsetDelta += step
      return { ...record, offsetDelta }
    })
  })

describe('a record batch', () => {
  test('comes out as it was sent, from any offset on, compressed or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        sentRecords,
        fc.nat({ max: 2 ** 50 }),
        fc.nat({ max: 500 }),
        fc.boolean(),
        async (sent, first, skipped, gzip) => {
          const [message, ...others] = await fetched(
            await encodeBatch(first, sent, { compression: gzip ? 1 : 0 }),
          )
          expect(others).toEqual([])
          const last = sent.at(-1)?.offsetDelta ?? 0
          expect(message.offset).toBe(String(first + last))
          const expected = sent
            .filter(({ offsetDelta }) => offsetDelta >= skipped)
            .map(({ offsetDelta, timestampDelta, key, value }) => ({
              offset: first + offsetDelta,
              appendTimeMs: 1_000_000 + timestampDelta,
              key,
              value,
            }))
          expect(unpackedOf(message, first + skipped)).toEqual(expected)
        },
      ),
    )
  })

  test('that the log stamped has one time for all its records', async () => {
    const batch = await encodeBatch(7, [{ offsetDelta: 0, timestampDelta: 5, key: null, value: null }])
    const appendTimeFlag = 0x08
    batch.writeInt16BE(batch.readInt16BE(21) | appendTimeFlag, 21)
    batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
    expect(unpackedOf((await fetched(batch))[0], 0)).toEqual([
      { offset: 7, appendTimeMs: 2_000_000, key: null, value: null },
    ])
  })

  test('of a transaction is left to kafkajs, record by record', async () => {
    const sent = [0, 1].map(offsetDelta => ({
      offsetDelta,
      timestampDelta: 0,
      key: null,
      value: Buffer.from('v'),
    }))
    const messages = await fetched(await encodeBatch(3, sent, { transactional: true }))
    expect(messages.map((message: { offset: string }) => message.offset)).toEqual(['3', '4'])
    expect(messages.map(packedRecordsOf)).toEqual([null, null])
  })

  test('that is cut off at the end of a fetch is left for the next one', async () => {
    const sent = [{ offsetDelta: 0, timestampDelta: 0, key: null, value: Buffer.alloc(200) }]
    const [first, second] = [await encodeBatch(1, sent), await encodeBatch(2, sent)]
    const messages = await fetched(first, second.subarray(0, second.length - 1))
    expect(messages.map((message: { offset: string }) => message.offset)).toEqual(['1'])
  })

  test('with a bit that has turned says which offsets can not be read, and the next one is read', async () => {
    const sent = [0, 1, 2].map(offsetDelta => ({
      ...{ offsetDelta, timestampDelta: 0, key: null, value: Buffer.from(`value ${offsetDelta}`) },
    }))
    const batch = await encodeBatch(5, sent)
    // Where it stands and how long it is lie outside of the checksum: the broker itself reads those.
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 17 * 8, max: batch.length * 8 - 1 }), async bit => {
        const turned = Buffer.from(batch)
        const index = bit >> 3
        turned.writeUInt8(turned.readUInt8(index) ^ (1 << (bit & 7)), index)
        const [damaged, next] = await fetched(turned, await encodeBatch(8, sent))
        expect(packedRecordsOf(damaged)).toEqual({
          ...{ baseOffset: 5, lastOffset: 7 },
          damage: expect.stringMatching(/^its checksum is \d+, and it came with \d+$/),
        })
        expect(unpackedOf(next, 0).map(({ offset }) => offset)).toEqual([8, 9, 10])
      }),
    )
  })

  test('whose bytes are not what its header says is an error', async () => {
    const sent = [{ offsetDelta: 0, timestampDelta: 0, key: null, value: Buffer.from('abc') }]
    const packed = packedRecordsOf((await fetched(await encodeBatch(1, sent)))[0])
    if (packed === null || 'damage' in packed) throw new Error('not packed')
    const longer = { ...packed, bytes: Buffer.concat([packed.bytes, Buffer.from('x')]) }
    expect(() => unpackRecords(longer, 0, [])).toThrow(EventLogError)
  })
})
