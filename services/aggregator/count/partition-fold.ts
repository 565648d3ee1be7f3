import type { LogRecord, RecordBatch } from '@forbruk/infra/log/event-log.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import type { StreamRecord } from '@forbruk/schemas/event/log-event.ts'
import type { RequestScanner } from '@forbruk/schemas/wire/scan/scan-requests.ts'
import type { Admission } from './admit.ts'
import { FoldVersionError, findUnknown, followRecord, type StreamGeometry } from './block.ts'
import type { BlockProof } from './block-proof.ts'
import { type EncodeBlock, FlushQueue } from './flush-queue.ts'
import type { JudgeTime } from './judge-time.ts'
import { type Judged, judgeWord, type WordParts } from './judge-word.ts'
import { describePartition, explainStray, lacksRecords, lacksRequestIds } from './log-gap.ts'
import { OpenBlock } from './open-block.ts'
import { RecordFold } from './record-fold.ts'
import { EarlierBlocks, type WindowBlock } from './window.ts'

/** Where a partition's fold begins, as the ledger has it. */
export type ResumePoint = {
  readonly stream: string
  readonly partition: number
  /** As the log has it at `foldFromOffset`; a version that comes later in the log changes it. */
  readonly geometry: StreamGeometry
  /** Records below are only remembered for the duplicate window, not folded. */
  readonly foldFromOffset: number
  /** All records from here on are delivered: for the window, those below `foldFromOffset` as well. */
  readonly readFromOffset: number
  /** Those before `foldFromOffset` that the window may reach into, oldest first. */
  readonly earlierBlocks: readonly WindowBlock[]
  /**
   * The open block, where the log has deleted what folding it again takes: it is restored as it was counted, and no
   * record may be added to it.
   */
  readonly restoredBlock: LedgerBlock | null
  /** Holds what had been seen of each source's file before `foldFromOffset`, and no request id yet. */
  readonly admission: Admission
  /** Of the blocks that are folded again. */
  readonly proof: BlockProof
}

export type FoldParts<Rows> = WordParts & {
  /** The newest rules that this process has. */
  readonly foldVersionMax: number
  /** One for all partitions of a process: what it finds is used up before another batch is folded. */
  readonly scanner: RequestScanner
  /** Whether an event's time can be believed. */
  readonly judge: JudgeTime
  readonly encode: EncodeBlock<Rows>
}

/**
 * One partition from log records to rows, block by block. Synchronous, without I/O or clock: after the same records it
 * holds the same values, in whatever batches they came and whenever it was flushed. Here is the order of the block
 * protocol; what a record adds to its block is RecordFold's.
 */
export class PartitionFold<Rows> {
  readonly stream: string
  readonly partition: number
  /** Every offset below is folded in. */
  nextOffset: number
  /** The log goes on with rules that this process doesn't have: nothing from `nextOffset` on is folded. */
  unknownRules: FoldVersionError | null = null
  /** Every record below has been looked at, remembered or folded. */
  #nextUnread = 0
  #block: OpenBlock
  readonly #foldFromOffset: number
  readonly #readFromOffset: number
  readonly #foldVersionMax: number
  readonly #earlierBlocks: EarlierBlocks
  readonly #admission: Admission
  readonly #records: RecordFold
  readonly #words: WordParts
  readonly #remembered: readonly WindowBlock[]
  readonly #proof: BlockProof
  readonly #queue: FlushQueue<Rows>

  constructor(resume: ResumePoint, parts: FoldParts<Rows>) {
    const { foldFromOffset, restoredBlock } = resume
    const { foldVersionMax, scanner, judge, encode } = parts
    this.stream = resume.stream
    this.partition = resume.partition
    this.nextOffset = foldFromOffset
    this.#foldFromOffset = foldFromOffset
    this.#readFromOffset = resume.readFromOffset
    this.#foldVersionMax = foldVersionMax
    const block =
      restoredBlock === null
        ? new OpenBlock(foldFromOffset, resume.geometry)
        : OpenBlock.restore(restoredBlock)
    this.#block = block
    this.#earlierBlocks = new EarlierBlocks(
      resume.earlierBlocks.filter(({ firstOffset }) => firstOffset < block.firstOffset),
    )
    this.#admission = resume.admission
    const isGrown = resume.geometry.partitionCount !== null
    const before = resume.earlierBlocks.findLast(({ partitionCount }) => partitionCount === null)
    if (isGrown) resume.admission.linesInWindowFrom = before?.nextOffset ?? 0
    this.#records = new RecordFold(scanner, resume.admission, judge)
    this.#words = parts
    this.#remembered = resume.earlierBlocks
    this.#proof = resume.proof
    this.#proof.beginBlock(block.firstOffset)
    this.#queue = new FlushQueue(encode, foldFromOffset)
  }

  /** As the log said, as far as it is folded, when the stream grew; null where it has not. */
  get partitionCount(): number | null {
    return this.#block.geometry.partitionCount
  }

  /** How many rows the next flush will write: what bounds memory. */
  get pendingRows(): number {
    return this.#queue.size + (this.#proof.isGiven ? this.#block.changedSize : 0)
  }

  /** What of it was counted before is folded again. */
  get isCaughtUp(): boolean {
    return this.#proof.isGiven
  }

  /** Throws LogContradictsLedgerError; the fold is of no use then. Records that come again are passed over. */
  foldBatch(batch: RecordBatch): void {
    const { records } = batch
    for (let first = 0; first < records.length; ) {
      const count = this.#records.scan(records, first)
      for (let index = 0; index < count; index++) this.#lookAt(records[first + index], index)
      first += count
    }
    if (this.unknownRules !== null) return
    this.#nextUnread = Math.max(this.#nextUnread, batch.nextOffset)
    this.#queue.logEndOffset = batch.endOffset
    this.#advanceTo(batch.nextOffset)
  }

  /**
   * The rows of each block that changed since the last call, in order; the caller writes them, and the ledger's last.
   * Of the open block only when its proof is given, and while catching up not before it is complete, unless `atOnce`
   * asks for what there is.
   */
  takeRows(atOnce = false): readonly Rows[] {
    const { blockSize } = this.#block.geometry
    const isDue = this.#queue.isOpenBlockDue(this.nextOffset, blockSize, atOnce || this.unknownRules !== null)
    if (isDue && this.#proof.isGiven) this.#giveBlock()
    return this.#queue.take(this.nextOffset)
  }

  /** @param index of the record in the last scan */
  #lookAt(record: LogRecord | undefined, index: number): void {
    if (record === undefined || this.unknownRules !== null || record.offset < this.#nextUnread) return
    this.#nextUnread = record.offset + 1
    if (record.offset < this.#foldFromOffset) {
      const { events } = this.#read(record, index, this.#foldVersionAt(record.offset))
      this.#records.remember(record, events)
    } else this.#foldRecord(record, index)
  }

  #foldRecord(record: LogRecord, index: number): void {
    if (record.offset > this.nextOffset) this.#advanceTo(record.offset)
    if (record.appendTimeMs >= this.#block.dayEndMs) this.#beginBlock(this.#block.geometry)
    const { events, first } = this.#read(record, index, this.#block.geometry.foldVersion)
    if (first !== null && !this.#follow(first)) return
    const block = this.#block
    if (block.records === 0) this.#openWindow(record.appendTimeMs)
    else if (block.isRestored)
      throw lacksRecords(this, record.offset, block.firstOffset, this.#foldFromOffset)
    block.addRecord(record.appendTimeMs)
    this.#records.fold(record, events, block)
    this.#advanceTo(record.offset + 1)
  }

  /** What the record says, and on whose word: `events` is null for the one request that the scan has found. */
  #read(record: LogRecord, index: number, foldVersion: number) {
    const judged =
      this.#records
        .read(record, index)
        ?.map(event => judgeWord(event, record.value, this, foldVersion, this.#words)) ?? null
    return { events: judged?.map(({ event }) => event) ?? null, first: judged?.[0] ?? null }
  }

  /** By which a record before the first block that is folded was counted. */
  #foldVersionAt(offset: number): number {
    const block = this.#remembered.findLast(({ firstOffset }) => firstOffset <= offset)
    return (block ?? this.#block.geometry).foldVersion
  }

  /** Completes every block that ends at or before `offset`; blocks without a record get their row as well. */
  #advanceTo(offset: number): void {
    while (offset >= this.#block.endOffset) {
      this.#passTo(this.#block.endOffset)
      this.#beginBlock(this.#block.geometry)
    }
    this.#passTo(offset)
  }

  /** Within the open block. */
  #passTo(offset: number): void {
    if (offset <= this.nextOffset) return
    this.#proof.passTo(offset, this.#block)
    this.nextOffset = offset
  }

  /** What changes begins a block of its own. False when its rules are not known: then nothing more is folded. */
  #follow({ event, sequence }: Judged): boolean {
    if (!isOfStream(event)) return true
    const geometry = followRecord(this.#block.geometry, event, sequence)
    if (geometry === null) return true
    const where = `${describePartition(this)}, from offset ${this.nextOffset} on,`
    const unknown = findUnknown(where, geometry.foldVersion, this.#foldVersionMax)
    if (unknown !== null) {
      this.unknownRules = new FoldVersionError(`${unknown.message} ${explainStray(this, this.nextOffset)}`)
      return false
    }
    this.#beginBlock(geometry)
    return true
  }

  /** The open block ends here: at its last possible offset, or before the first record of a later day or version. */
  #beginBlock(geometry: StreamGeometry): void {
    // One that has not begun, because another ended right here, is only cut in another way.
    if (this.nextOffset > this.#block.firstOffset) this.#completeBlock()
    this.#admission.resize(geometry.windowSize)
    this.#rememberLines(geometry)
    this.#block = new OpenBlock(this.nextOffset, geometry)
    this.#proof.beginBlock(this.nextOffset)
  }

  /** Once the stream has grown, for good. */
  #rememberLines({ partitionCount }: StreamGeometry): void {
    const admission = this.#admission
    if (partitionCount !== null)
      admission.linesInWindowFrom = Math.min(admission.linesInWindowFrom, this.nextOffset)
  }

  #completeBlock(): void {
    const { firstOffset, requestIds, firstAppendTimeMs, geometry } = this.#block
    const { nextOffset } = this
    this.#proof.endBlock(this.#block)
    this.#giveBlock()
    const { windowSize, foldVersion, partitionCount } = geometry
    const place = { firstOffset, nextOffset, requestIds, firstAppendTimeMs }
    this.#earlierBlocks.add({ ...place, windowSize, foldVersion, partitionCount })
    this.#admission.sources.startBlock()
  }

  /** With its first record a block decides which request ids it remembers; the log must still have given them. */
  #openWindow(appendTimeMs: number): void {
    const { firstOffset, geometry } = this.#block
    const fromOffset = this.#earlierBlocks.rememberedFrom(firstOffset, appendTimeMs, geometry.windowSize)
    if (fromOffset < this.#readFromOffset) {
      throw lacksRequestIds(this, this.#readFromOffset, fromOffset, firstOffset)
    }
    this.#admission.rememberedFrom = fromOffset
  }

  #giveBlock(): void {
    const { stream, partition, nextOffset } = this
    const block = this.#block
    const sources = this.#admission.sources.takeChanged()
    this.#queue.give({ stream, partition, block, nextOffset, ...block.takeChanged(), sources })
  }
}

function isOfStream(event: Judged['event']): event is StreamRecord {
  switch (event.kind) {
    case 'stream_version':
    case 'stream_limits':
    case 'stream_growth':
      return true
    default:
      return false
  }
}
