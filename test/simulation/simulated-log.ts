import type { LogBounds, LogRecord, RecordBatch } from '@forbruk/infra/log/event-log.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { isOfStream } from './cut-blocks.ts'
import { type Content, RecordGenerator } from './generate-record.ts'
import type { Random } from './random.ts'
import type { SimulatedEvent, SimulatedRecord } from './simulated-event.ts'

const DAY_MS = 86_400_000
const OTHER = {
  integrationId: '',
  timeMs: Date.UTC(2026, 10, 1),
  status: 200,
  requestBytes: 1,
  responseBytes: 1,
}

/** One partition of the log: it only grows, has gaps, and loses its start to retention. */
export class SimulatedPartition {
  readonly partition: number
  /** Everything ever appended, also what retention has deleted: what the oracle judges. */
  readonly records: SimulatedRecord[] = []
  /** Where the log has ever begun. */
  readonly startOffsets: number[]
  endOffset: number
  /** It has lost what counting may still need. */
  isShort = false
  readonly #generator: RecordGenerator
  /** Records can be signed from version 2 on. */
  isSigned: boolean

  constructor(partition: number, startOffset: number, isSigned: boolean, random: Random) {
    this.partition = partition
    this.startOffsets = [startOffset]
    this.endOffset = startOffset
    this.isSigned = isSigned
    this.#generator = new RecordGenerator(partition, random)
  }

  get startOffset(): number {
    return this.startOffsets.at(-1) ?? 0
  }

  get hasLostItsStart(): boolean {
    return this.startOffsets.length > 1
  }

  bounds(): LogBounds {
    return { startOffset: this.startOffset, endOffset: this.endOffset }
  }

  /** Gaps are the log's own control records, and may also end it. `again`: what another partition has. */
  append(appendTimeMs: number, random: Random, blockSize: number, again: Content | null): void {
    const offset = this.endOffset + (random.chance(0.1) ? random.between(1, 6) : 0)
    const content = again ?? this.#generator.next(appendTimeMs, this.isSigned)
    this.records.push({ offset, appendTimeMs, value: content.value, events: content.events })
    this.endOffset = offset + 1
    if (random.chance(0.05)) this.endOffset += random.between(1, random.chance(0.2) ? 2 * blockSize : 3)
  }

  /** What a process or an operator says of the stream, under the number that it was signed with. */
  appendWord(appendTimeMs: number, value: Buffer): void {
    const [said] = decodeRecord(value)
    const word = said?.kind === 'signed' ? said.event : said
    if (word?.kind !== 'stream_version' && word?.kind !== 'stream_limits' && word?.kind !== 'stream_growth')
      throw new Error('expected a word on how the stream is counted')
    const sequence = said?.kind === 'signed' ? said.sequence : null
    this.records.push({ offset: this.endOffset, appendTimeMs, value, events: [{ ...word, sequence }] })
    this.isSigned = true
    this.endOffset += 1
  }

  /** A number above those of all words before. */
  nextSequence(nowMs: number): number {
    const sequences = this.records.flatMap(({ events }) =>
      events.map(event => (isOfStream(event) ? (event.sequence ?? 0) : 0)),
    )
    return Math.max(nowMs, ...sequences.map(sequence => sequence + 1))
  }

  deleteBefore(offset: number): void {
    if (offset > this.startOffset && offset <= this.endOffset) this.startOffsets.push(offset)
  }

  /** Other records at the same offsets, which no log does to those who read it. */
  replaceContent(endOffset: number): void {
    this.records.length = 0
    this.endOffset = endOffset
    for (let offset = this.startOffset; offset < endOffset; offset++) {
      const identity = { kind: 'request_id', id: `other-${offset}` } as const
      const event = { kind: 'request', source: 'other', identity, clientId: 'other', ...OTHER } as const
      // Some of another day: the same block would end elsewhere.
      const appendTimeMs = OTHER.timeMs + (offset % 5 === 0 ? DAY_MS : 0)
      this.records.push({ offset, appendTimeMs, value: encodeRequest(event), events: [event] })
    }
  }

  readRange(fromOffset: number, toOffset: number): RecordBatch {
    const records = this.records.filter(({ offset }) => offset >= fromOffset && offset < toOffset)
    return {
      partition: this.partition,
      records: records.map(toLogRecord),
      nextOffset: toOffset,
      endOffset: toOffset,
    }
  }

  read(fromOffset: number, recordsMax: number, random: Random): RecordBatch {
    const records = this.records.filter(record => record.offset >= fromOffset).slice(0, recordsMax)
    const last = records.at(-1)
    const after = this.records.find(record => record.offset > (last?.offset ?? fromOffset - 1))
    const reached = last === undefined ? fromOffset : last.offset + 1
    const nextOffset = random.between(reached, after?.offset ?? this.endOffset)
    return {
      partition: this.partition,
      records: records.map(toLogRecord),
      nextOffset,
      // How far the log reached when it was asked: mostly it knew of no more than it gave.
      endOffset: nextOffset % 16 === 0 ? this.endOffset : nextOffset,
    }
  }
}

/** What was sent to another partition comes again in this one: keys move when a topic gets partitions. */
export function pickElsewhere(
  log: SimulatedPartition,
  partitions: readonly SimulatedPartition[],
  random: Random,
): SimulatedRecord | null {
  const records = partitions.flatMap(other => (other === log ? [] : other.records))
  const sent = records.filter(({ events }) => !events.some(isOfPartition))
  return sent.length === 0 ? null : random.pick(sent)
}

/** What is signed, or says to be, is so of its own partition. */
function isOfPartition(event: SimulatedEvent): boolean {
  return (
    isOfStream(event) || event.kind === 'unproven' || (event.kind === 'request' && event.timeVouched === true)
  )
}

function toLogRecord({ offset, appendTimeMs, value }: SimulatedRecord): LogRecord {
  return { offset, appendTimeMs, key: null, value }
}
