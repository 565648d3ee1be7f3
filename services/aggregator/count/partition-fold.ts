import type { LogRecord, RecordBatch } from '@forbruk/infra/log/event-log.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import type { RejectedRow } from '@forbruk/infra/store/tables/rejected-event.ts'
import type { RejectedLine, SourceMark, StreamVersion } from '@forbruk/schemas/event/log-event.ts'
import { type Decoded, decodeRecord, type UndecodableEvent } from '@forbruk/schemas/wire/decode.ts'
import type { RequestScanner } from '@forbruk/schemas/wire/scan/scan-requests.ts'
import { ScannedRequest } from '@forbruk/schemas/wire/scan/scanned-request.ts'
import { spellOrigin, spellRequest } from '@forbruk/schemas/wire/scan/spell-request.ts'
import { restoreFold } from '../resume/restore-fold.ts'
import { type BlockPlace, emptyRows, type FlushRows, ledgerRow, sourceRow, usageRows } from '../run/rows.ts'
import type { Admission, SourceFile } from './admit.ts'
import { alignedEnd, type FoldVersionError, findUnknown, type StreamGeometry } from './block.ts'
import { BlockFold } from './block-fold.ts'
import { describeRejected, identityOf } from './describe-rejected.ts'
import { describePartition, howToAccept, LogGapError } from './log-gap.ts'
import { rememberedFrom, type WindowBlock } from './window.ts'

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
  /** The blocks before `foldFromOffset` that the window may reach into, oldest first. */
  readonly before: readonly WindowBlock[]
  /**
   * The open block, where the log has deleted what folding it again takes: its figures stand, and no record may be
   * added to them.
   */
  readonly sealed: LedgerBlock | null
  /** Holds what had been seen of each source's file before `foldFromOffset`, and no request id yet. */
  readonly admission: Admission
  /** By first offset, the stored ledger rows of the blocks that are folded again: the log must still say the same. */
  readonly stored: ReadonlyMap<number, StoredBlock>
}

export type StoredBlock = {
  readonly nextOffset: number
  readonly events: number
  readonly fingerprint: bigint
}

export type FoldParts = {
  /** The newest rules that this process has. */
  readonly foldVersionMax: number
  /** One for all partitions of a process: what it finds is used up before another batch is folded. */
  readonly scanner: RequestScanner
}

/**
 * One partition from log records to rows: decode, admit, fold. Synchronous, without I/O or clock: after the same
 * records it holds the same values, in whatever batches they came and whenever it was flushed.
 */
export class PartitionFold {
  readonly stream: string
  readonly partition: number
  /** Every offset below is folded in. */
  nextOffset: number
  /** Where the partition ended when its newest batch was fetched. */
  private endOffset = 0
  /** `nextOffset` when rows were last asked for. */
  private lookedAtOffset = 0
  /** Every record below has been looked at, remembered or folded. */
  private nextUnread = 0
  private readonly foldFromOffset: number
  /** The log goes on with rules that this process doesn't have: nothing from `nextOffset` on is folded. */
  halt: FoldVersionError | null = null
  private readonly foldVersionMax: number
  private readonly scanner: RequestScanner
  private geometry: StreamGeometry
  private readonly admission: Admission
  private readonly stored: ReadonlyMap<number, StoredBlock>
  /** The ledger row of the open block, while the fold has not come to where it stands. */
  private toMeet: StoredBlock | null
  private readonly readFromOffset: number
  private readonly sealed: LedgerBlock | null
  private before: WindowBlock[]
  private fold: BlockFold
  /** Where the open block ends at the latest. */
  private end: number
  private changed = false
  /** The event at hand. */
  private readonly request = new ScannedRequest()
  private newRejected: RejectedRow[] = []
  /** Rows of blocks that are complete, waiting to be written. */
  private complete: FlushRows = emptyRows()

  constructor(resume: ResumePoint, { foldVersionMax, scanner }: FoldParts) {
    const { geometry } = resume
    this.stream = resume.stream
    this.partition = resume.partition
    this.foldFromOffset = resume.foldFromOffset
    this.nextOffset = resume.foldFromOffset
    this.geometry = geometry
    this.foldVersionMax = foldVersionMax
    this.scanner = scanner
    this.admission = resume.admission
    this.stored = resume.stored
    this.readFromOffset = resume.readFromOffset
    this.sealed = resume.sealed
    this.fold = resume.sealed === null ? new BlockFold(resume.foldFromOffset) : restoreFold(resume.sealed)
    this.end = alignedEnd(this.fold.firstOffset, geometry)
    this.toMeet = this.findToMeet()
    this.before = resume.before.filter(block => block.firstOffset < this.fold.firstOffset)
  }

  /** How many rows the next flush will write: what bounds memory. */
  get pendingRows(): number {
    const ofOpenBlock = this.isProven() ? this.fold.changedSize + this.newRejected.length : 0
    const ofUsage = this.complete.usage.reduce((sum, { rows }) => sum + rows, 0)
    return ofUsage + this.complete.rejected.length + ofOpenBlock
  }

  /** Throws LogContradictsLedgerError; the fold is of no use then. Records that come again are passed over. */
  foldBatch(batch: RecordBatch): void {
    const { records } = batch
    for (let first = 0; first < records.length; ) {
      const count = this.scanner.scan(records, first)
      for (let index = 0; index < count; index++) this.foldScanned(records[first + index], index)
      first += count
    }
    if (this.halt !== null) return
    this.nextUnread = Math.max(this.nextUnread, batch.nextOffset)
    this.endOffset = batch.endOffset
    this.advanceTo(batch.nextOffset)
  }

  /**
   * The rows that changed since the last call, or null. The caller writes them, and the ledger rows last. While more than
   * a block is still to be read, and reading goes on, only complete blocks are given, so that catching up writes each row
   * once; unless `atOnce` asks for what there is.
   */
  takeRows(atOnce = false): FlushRows | null {
    if (!this.changed) return null
    const isCatchingUp =
      this.endOffset - this.nextOffset > this.geometry.blockSize && this.nextOffset > this.lookedAtOffset
    this.lookedAtOffset = this.nextOffset
    if (this.isProven() && (atOnce || this.halt !== null || !isCatchingUp)) {
      this.writeBlock()
      this.changed = false
    }
    const rows = this.complete
    this.complete = emptyRows()
    return rows.ledger.length === 0 ? null : rows
  }

  /**
   * A block that is folded again is written only from where its ledger row stands, once the log has shown that it is
   * the one that was counted.
   */
  private isProven(): boolean {
    return this.toMeet === null
  }

  private findToMeet(): StoredBlock | null {
    const stored = this.stored.get(this.fold.firstOffset)
    return stored !== undefined && stored.nextOffset > this.nextOffset ? stored : null
  }

  /** @param index of the record in the last scan */
  private foldScanned(record: LogRecord | undefined, index: number): void {
    if (record === undefined || this.halt !== null || record.offset < this.nextUnread) return
    this.nextUnread = record.offset + 1
    if (record.offset < this.foldFromOffset) this.remember(record, index)
    else this.foldRecord(record, index)
  }

  /** Before the fold begins: only which request ids occurred matters. */
  private remember(record: LogRecord, index: number): void {
    const { request } = this
    if (this.scanner.load(index, request)) {
      if (request.identity === 'request_id') this.rememberId(record.offset)
      return
    }
    for (const event of decodeRecord(record.value)) {
      const origin = identityOf(event)
      if (origin?.identity.kind !== 'request_id') continue
      spellOrigin(origin, request)
      this.rememberId(record.offset)
    }
  }

  private rememberId(offset: number): void {
    this.admission.isDuplicate(this.request, this.admission.sources.of(this.request), offset)
  }

  private foldRecord(record: LogRecord, index: number): void {
    if (record.offset > this.nextOffset) this.advanceTo(record.offset)
    if (record.appendTimeMs >= this.fold.endMs) this.nextBlock(this.geometry)
    const events = this.scanner.load(index, this.request) ? null : decodeRecord(record.value)
    if (events?.[0]?.kind === 'stream_version' && !this.follow(events[0])) return
    const { fold } = this
    if (fold.records === 0) this.begin(record.appendTimeMs)
    else if (fold.firstOffset === this.sealed?.firstOffset) this.refuseSealed(record.offset)
    fold.records += 1
    fold.lastAppendTimeMs = record.appendTimeMs
    if (events === null) this.foldRequest(record.offset, 0)
    else this.foldDecoded(record, events)
    this.advanceTo(record.offset + 1)
  }

  private foldDecoded(record: LogRecord, events: readonly Decoded[]): void {
    for (const [index, event] of events.entries()) {
      switch (event.kind) {
        case 'request':
          spellRequest(event, this.request)
          this.foldRequest(record.offset, index)
          break
        case 'mark':
          this.foldMark(event)
          break
        case 'stream_version':
          break
        case 'rejected_line':
        case 'undecodable':
          this.foldRejected(event, record, index)
          break
      }
    }
  }

  private foldRequest(offset: number, index: number): void {
    const { request, fold } = this
    const file = this.admission.sources.of(request)
    if (!this.admit(file, offset)) return
    file.count(false)
    fold.addRequest(request)
    fold.addIdentity(request, offset, index)
  }

  private foldMark(mark: SourceMark): void {
    this.fold.marks += 1
    this.admission.sources.get(mark.source, mark.file).mark(mark)
  }

  private foldRejected(event: RejectedLine | UndecodableEvent, record: LogRecord, index: number): void {
    const origin = identityOf(event)
    if (origin !== null) {
      spellOrigin(origin, this.request)
      const file = this.admission.sources.of(this.request)
      if (!this.admit(file, record.offset)) return
      // Only what names its source is counted for one: so the stored rejected events tell what the source rows add up to.
      if (origin.source !== '' || origin.identity.kind === 'position') file.count(false)
    }
    this.fold.rejected += 1
    this.newRejected.push({
      ...this.place(),
      offset: record.offset,
      eventIndex: index,
      appendTimeMs: record.appendTimeMs,
      ...describeRejected(event, record),
    })
  }

  private admit(file: SourceFile, offset: number): boolean {
    if (this.request.identity === 'request_id') this.fold.requestIds += 1
    if (!this.admission.isDuplicate(this.request, file, offset)) return true
    this.fold.duplicates += 1
    file.count(true)
    return false
  }

  /** Completes every block that ends at or before `offset`; blocks without a record get their row as well. */
  private advanceTo(offset: number): void {
    while (offset >= this.end) {
      this.passTo(this.end)
      this.nextBlock(this.geometry)
    }
    this.passTo(offset)
  }

  /** A higher version begins a block of its own. False when its rules are not known: then nothing more is folded. */
  private follow(version: StreamVersion): boolean {
    const { foldVersion, blockSize, windowSize } = version
    if (foldVersion <= this.geometry.foldVersion) return true
    const where = `${describePartition(this)}, from offset ${this.nextOffset} on,`
    this.halt = findUnknown(where, foldVersion, this.foldVersionMax)
    if (this.halt !== null) return false
    this.nextBlock({ foldVersion, blockSize, windowSize })
    return true
  }

  /** The open block ends here: at its last possible offset, or before the first record of a later day or version. */
  private nextBlock(geometry: StreamGeometry): void {
    // One that has not begun, because another ended right here, is only cut in another way.
    if (this.nextOffset > this.fold.firstOffset) this.completeBlock()
    this.geometry = geometry
    this.admission.resize(geometry.windowSize)
    this.fold = new BlockFold(this.nextOffset)
    this.end = alignedEnd(this.nextOffset, geometry)
    this.toMeet = this.findToMeet()
  }

  private completeBlock(): void {
    const { fold, nextOffset, geometry } = this
    if (this.toMeet !== null) this.contradict(this.toMeet)
    this.writeBlock()
    this.before.push({
      firstOffset: fold.firstOffset,
      nextOffset: nextOffset,
      requestIds: fold.requestIds,
      firstAppendTimeMs: fold.firstAppendTimeMs,
      windowSize: geometry.windowSize,
    })
    this.before = this.before.filter(block => block.nextOffset > nextOffset - geometry.windowSize)
    for (const file of this.admission.sources.all()) file.startBlock()
  }

  /** With its first record, a block also decides which request ids it remembers. */
  private begin(appendTimeMs: number): void {
    const { fold, before, geometry, readFromOffset } = this
    fold.begin(appendTimeMs)
    const from = rememberedFrom(before, fold.firstOffset, appendTimeMs, geometry.windowSize)
    if (from < readFromOffset) {
      throw new LogGapError(
        `${describePartition(this)} begins at offset ${readFromOffset}, but the request ids from offset ${from} on ` +
          `are needed to recognise duplicates: the topic's retention deleted them within days. Raise it. Restore ` +
          `them, or ${howToAccept(this.partition, fold.firstOffset, 0)}. Nothing was counted wrongly.`,
      )
    }
    this.admission.rememberedFrom = from
  }

  /** The day of a sealed block goes on: its figures can't be continued. */
  private refuseSealed(offset: number): never {
    const first = this.fold.firstOffset
    throw new LogGapError(
      `${describePartition(this)}: the record at offset ${offset} belongs to the block that began at ${first}, but ` +
        `the log no longer holds all that folding it takes: the topic's retention deleted it within days. Raise it. ` +
        `Restore the records, or ${howToAccept(this.partition, this.foldFromOffset, 0)}. Nothing was counted wrongly.`,
    )
  }

  /** Offsets up to `offset` hold no further record, so on the way the fold is as it was where the ledger row stands. */
  private passTo(offset: number): void {
    if (offset <= this.nextOffset) return
    if (this.toMeet !== null && this.toMeet.nextOffset <= offset) this.compareWith(this.toMeet)
    this.nextOffset = offset
    this.changed = true
  }

  private writeBlock(): void {
    const place = this.place()
    const lastOffset = this.nextOffset - 1
    for (const rows of usageRows(place, this.fold, lastOffset)) this.complete.usage.push(rows)
    for (const file of this.admission.sources.all()) {
      if (!file.dirty) continue
      this.complete.sources.push(sourceRow(place, file, lastOffset))
      file.dirty = false
    }
    for (const row of this.newRejected) this.complete.rejected.push(row)
    this.newRejected = []
    if (this.nextOffset > this.fold.firstOffset) {
      this.complete.ledger.push(ledgerRow(place, this.fold, this.nextOffset, this.geometry))
    }
  }

  private compareWith(stored: StoredBlock): void {
    const { events, fingerprint } = this.fold
    if (stored.events !== events || stored.fingerprint !== fingerprint.value()) this.contradict(stored)
    this.toMeet = null
  }

  private contradict(stored: StoredBlock): never {
    const { events, fingerprint, firstOffset } = this.fold
    throw new LogContradictsLedgerError(
      `${describePartition(this)}, block ${firstOffset}: the log up to offset ${stored.nextOffset} gives ` +
        `${events} events with fingerprint ${fingerprint.value()}, but the ledger has ${stored.events} with ` +
        `${stored.fingerprint}. An offset's content never changes, so this is another log than the one that was ` +
        `counted: was the topic re-created? Count it under another topic name, or into an empty store.`,
    )
  }

  private place(): BlockPlace {
    return { stream: this.stream, partition: this.partition, block: this.fold.firstOffset }
  }
}

/** The log holds something else than what was counted at the same offsets. */
export class LogContradictsLedgerError extends Error {
  override name = 'LogContradictsLedgerError'
}
