import { EventLogError, type LogRecord, type ValueRange } from '../event-log.ts'

/**
 * One of Kafka's record batches (message format v2), its records still in their bytes. Reading them here costs a
 * fraction of what kafkajs takes to make its objects of each.
 */
export type PackedRecords = {
  readonly baseOffset: number
  /** Every offset of the batch is at most this; the last records may have been compacted away. */
  readonly lastOffset: number
  readonly recordCount: number
  /** Set when the log stamped the batch as it appended it; else each record has its own time, from `firstTimeMs` on. */
  readonly appendTimeMs: number | null
  readonly firstTimeMs: number
  /** The records, one after the other, uncompressed. */
  readonly bytes: Buffer
}

/** Records that are there, and that nobody can read. */
export type DamagedRecords = Pick<PackedRecords, 'baseOffset' | 'lastOffset'> & { readonly damage: string }

type BatchHeader = Omit<PackedRecords, 'bytes'> & {
  readonly attributes: number
  /** Of a transaction, or a control record: which of them count is not to be seen from the batch alone. */
  readonly isPlain: boolean
}

/** Bytes from a batch's start: where the length counts from, and where the records begin. */
export const LENGTH_END = 12
export const RECORDS_START = 61
export const CHECKSUM_START = 17
/** What the checksum is of begins here, and ends with the batch. */
export const CHECKED_START = 21

const APPEND_TIME_FLAG = 0x08
const TRANSACTIONAL_OR_CONTROL = 0x30

/** The header of the batch at `start`; the caller has checked that its RECORDS_START bytes are there. */
export function readBatchHeader(bytes: Buffer, start: number): BatchHeader {
  const attributes = bytes.readInt16BE(start + CHECKED_START)
  const baseOffset = readInt64(bytes, start)
  return {
    baseOffset,
    lastOffset: baseOffset + bytes.readInt32BE(start + 23),
    recordCount: bytes.readInt32BE(start + 57),
    appendTimeMs: (attributes & APPEND_TIME_FLAG) === 0 ? null : readInt64(bytes, start + 35),
    firstTimeMs: readInt64(bytes, start + 27),
    attributes,
    isPlain: (attributes & TRANSACTIONAL_OR_CONTROL) === 0,
  }
}

/**
 * The offsets of a batch from `start` to `end` whose header may itself be wrong: its first is what the broker found it
 * by; for its last two fields must say the same, or else it is the one before the next batch.
 */
export function readDamagedRange(
  bytes: Buffer,
  start: number,
  end: number,
): Pick<PackedRecords, 'baseOffset' | 'lastOffset'> {
  const baseOffset = readInt64(bytes, start)
  const lastDelta = bytes.readInt32BE(start + 23)
  if (lastDelta >= 0 && lastDelta === bytes.readInt32BE(start + 57) - 1)
    return { baseOffset, lastOffset: baseOffset + lastDelta }
  const nextOffset = end + 8 <= bytes.length ? readInt64(bytes, end) : baseOffset + 1
  return { baseOffset, lastOffset: Math.max(baseOffset, nextOffset - 1) }
}

function readInt64(bytes: Buffer, start: number): number {
  const value = Number(bytes.readBigInt64BE(start))
  if (Number.isSafeInteger(value)) return value
  throw new EventLogError(`Kafka sent ${value} as an offset or a time; expected less than 2^53.`)
}

/** Appends the batch's records from `fromOffset` on to `records`. */
export function unpackRecords(packed: PackedRecords, fromOffset: number, records: LogRecord[]): void {
  const { bytes, baseOffset, appendTimeMs, firstTimeMs } = packed
  const reader = new VarintReader(bytes)
  for (let index = 0; index < packed.recordCount; index++) {
    const recordBytes = reader.read()
    const end = reader.position + recordBytes
    // One byte of attributes, which no version of the format uses.
    reader.position += 1
    const timeDelta = reader.read()
    const offset = baseOffset + reader.read()
    const keyStart = reader.position
    const keyLength = reader.read()
    reader.position += Math.max(0, keyLength)
    const valueLength = reader.read()
    if (offset >= fromOffset) {
      const timeMs = appendTimeMs ?? firstTimeMs + timeDelta
      const valueEnd = valueLength < 0 ? NO_VALUE : reader.position + valueLength
      records.push(new PackedRecord(offset, timeMs, bytes, keyStart, reader.position, valueEnd))
    }
    // Headers are not read: nothing that counts is in them.
    reader.position = end
  }
  if (reader.position !== bytes.length) {
    throw new EventLogError(
      `Kafka's batch at offset ${baseOffset} has ${bytes.length} bytes of records; ` +
        `its ${packed.recordCount} records take ${reader.position}.`,
    )
  }
}

const NO_VALUE = -1

/** Key and value are made when somebody asks for them: counting reads the value where it stands. */
class PackedRecord implements LogRecord, ValueRange {
  readonly offset: number
  readonly appendTimeMs: number
  readonly bytes: Buffer
  readonly keyStart: number
  /** Of the value. */
  readonly start: number
  readonly end: number

  constructor(
    offset: number,
    appendTimeMs: number,
    bytes: Buffer,
    keyStart: number,
    start: number,
    end: number,
  ) {
    this.offset = offset
    this.appendTimeMs = appendTimeMs
    this.bytes = bytes
    this.keyStart = keyStart
    this.start = start
    this.end = end
  }

  get key(): Buffer | null {
    const reader = new VarintReader(this.bytes)
    reader.position = this.keyStart
    return readBytes(reader)
  }

  get value(): Buffer | null {
    return this.end === NO_VALUE ? null : this.bytes.subarray(this.start, this.end)
  }

  get valueRange(): ValueRange | null {
    return this.end === NO_VALUE ? null : this
  }
}

function readBytes(reader: VarintReader): Buffer | null {
  const length = reader.read()
  if (length < 0) return null
  const start = reader.position
  reader.position += length
  return reader.bytes.subarray(start, reader.position)
}

/** Zigzag numbers of seven bits a byte, as far as they are safe integers. */
class VarintReader {
  readonly bytes: Buffer
  position = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  read(): number {
    let byte = this.bytes[this.position++] ?? 0
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    let value = byte & 0x7f
    let factor = 0x80
    do {
      byte = this.bytes[this.position++] ?? 0
      value += (byte & 0x7f) * factor
      factor *= 0x80
    } while (byte >= 0x80)
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}
