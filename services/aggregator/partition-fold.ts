import type { LogRecord, RecordBatch } from '@forbruk/infra/log/event-log.ts'
import type { RejectedLine, RequestEvent, SourceMark } from '@forbruk/schemas/event/log-event.ts'
import { decodeRecord, type UndecodableEvent } from '@forbruk/schemas/wire/decode.ts'
import type { Admission, SourceFile } from './admit.ts'
import { blockEnd, blockOf, blockStart, type StreamGeometry } from './block.ts'
import { describeRejected, identityOf, type Origin } from './describe-rejected.ts'
import { BlockFold, type UsageTotals } from './fold.ts'
import {
  type BlockPlace,
  dateTime64,
  emptyRows,
  type FlushRows,
  ledgerRow,
  type Row,
  sourceRow,
  usageRow,
} from './rows.ts'

/** Where a partition's fold begins, as the ledger has it. */
export type ResumePoint = {
  readonly stream: string
  readonly partition: number
  /** Records below are only remembered for the duplicate window, not folded. */
  readonly foldFromOffset: number
  /** Holds what had been seen of each source's file before `foldFromOffset`, and no request id yet. */
  readonly admission: Admission
  /** Stored ledger rows of the blocks that are folded again: the log must still say the same. */
  readonly stored: ReadonlyMap<number, StoredBlock>
}

export type StoredBlock = {
  readonly nextOffset: number
  readonly events: number
  readonly fingerprint: bigint
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
  /** Every record below has been looked at, remembered or folded. */
  private nextUnread = 0
  private readonly foldFromOffset: number
  private readonly geometry: StreamGeometry
  private readonly admission: Admission
  private readonly stored: ReadonlyMap<number, StoredBlock>
  private fold: BlockFold
  private changed = false
  private dirtyUsage: UsageTotals[] = []
  private newRejected: Row[] = []
  /** Rows of blocks that are complete, waiting to be written. */
  private complete: FlushRows = emptyRows()

  constructor(resume: ResumePoint, geometry: StreamGeometry) {
    this.stream = resume.stream
    this.partition = resume.partition
    this.foldFromOffset = resume.foldFromOffset
    this.nextOffset = resume.foldFromOffset
    this.geometry = geometry
    this.admission = resume.admission
    this.stored = resume.stored
    this.fold = new BlockFold(blockOf(resume.foldFromOffset, geometry), resume.foldFromOffset)
  }

  /** How many rows the next flush will write: what bounds memory. */
  get pendingRows(): number {
    const ofOpenBlock = this.isProven() ? this.dirtyUsage.length + this.newRejected.length : 0
    return this.complete.usage.length + this.complete.rejected.length + ofOpenBlock
  }

  /** Throws LogContradictsLedgerError; the fold is of no use then. Records that come again are passed over. */
  foldBatch(batch: RecordBatch): void {
    for (const record of batch.records) {
      if (record.offset < this.nextUnread) continue
      this.nextUnread = record.offset + 1
      if (record.offset < this.foldFromOffset) this.remember(record)
      else this.foldRecord(record)
    }
    this.nextUnread = Math.max(this.nextUnread, batch.nextOffset)
    this.advanceTo(batch.nextOffset)
  }

  /** The rows that changed since the last call, or null. The caller writes them, and the ledger rows last. */
  takeRows(): FlushRows | null {
    if (!this.changed) return null
    if (this.isProven()) {
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
    return this.nextOffset >= (this.stored.get(this.fold.block)?.nextOffset ?? 0)
  }

  /** Before the fold begins: only which request ids occurred matters. */
  private remember(record: LogRecord): void {
    for (const event of decodeRecord(record.value)) {
      const identity = identityOf(event)
      if (identity?.identity.kind === 'request_id') {
        this.admission.isDuplicate(identity.source, identity.identity, record.offset)
      }
    }
  }

  private foldRecord(record: LogRecord): void {
    this.advanceTo(record.offset)
    const { fold } = this
    fold.records += 1
    fold.lastAppendTimeMs = record.appendTimeMs
    const events = decodeRecord(record.value)
    for (let index = 0; index < events.length; index++) {
      const event = events[index]
      if (event === undefined) continue
      switch (event.kind) {
        case 'request':
          this.foldRequest(event, record.offset, index)
          break
        case 'mark':
          this.foldMark(event)
          break
        case 'rejected_line':
        case 'undecodable':
          this.foldRejected(event, record, index)
          break
      }
    }
    this.advanceTo(record.offset + 1)
  }

  private foldRequest(event: RequestEvent, offset: number, index: number): void {
    if (!this.admit(event, offset)) return
    this.fileOf(event).count(false)
    const totals = this.fold.addRequest(event)
    if (!totals.dirty) {
      totals.dirty = true
      this.dirtyUsage.push(totals)
    }
    this.fold.addIdentity(event, offset, index)
  }

  private foldMark(mark: SourceMark): void {
    this.fold.marks += 1
    this.admission.sources.get(mark.source, mark.file).mark(mark)
  }

  private foldRejected(event: RejectedLine | UndecodableEvent, record: LogRecord, index: number): void {
    const origin = identityOf(event)
    if (origin !== null && !this.admit(origin, record.offset)) return
    // Only what names its source is counted for one: so the stored rejected events tell what the source rows add up to.
    if (origin !== null && (origin.source !== '' || origin.identity.kind === 'position')) {
      this.fileOf(origin).count(false)
    }
    this.fold.rejected += 1
    this.newRejected.push({
      ...this.place(),
      offset: record.offset,
      event_index: index,
      append_time: dateTime64(record.appendTimeMs),
      ...describeRejected(event, record),
    })
  }

  private admit(event: Origin, offset: number): boolean {
    if (event.identity.kind === 'request_id') this.fold.requestIds += 1
    if (!this.admission.isDuplicate(event.source, event.identity, offset)) return true
    this.fold.duplicates += 1
    this.fileOf(event).count(true)
    return false
  }

  private fileOf({ source, identity }: Origin): SourceFile {
    return this.admission.sources.get(source, identity.kind === 'position' ? identity.file : '')
  }

  /** Completes every block that ends at or before `offset`; blocks without a record get their row as well. */
  private advanceTo(offset: number): void {
    for (let end = this.blockEnd(); offset >= end; end = this.blockEnd()) {
      this.passTo(end)
      this.writeBlock()
      const next = this.fold.block + 1
      this.fold = new BlockFold(next, blockStart(next, this.geometry))
      for (const file of this.admission.sources.all()) file.startBlock()
    }
    this.passTo(offset)
  }

  private blockEnd(): number {
    return blockEnd(this.fold.block, this.geometry)
  }

  /** Offsets up to `offset` hold no further record, so on the way the fold is as it was where the ledger row stands. */
  private passTo(offset: number): void {
    if (offset <= this.nextOffset) return
    const stored = this.stored.get(this.fold.block)
    if (stored !== undefined && stored.nextOffset > this.nextOffset && stored.nextOffset <= offset) {
      this.compareWith(stored)
    }
    this.nextOffset = offset
    this.changed = true
  }

  private writeBlock(): void {
    const place = this.place()
    const lastOffset = this.nextOffset - 1
    for (const totals of this.dirtyUsage) {
      this.complete.usage.push(usageRow(place, totals, lastOffset))
      totals.dirty = false
    }
    this.dirtyUsage = []
    for (const file of this.admission.sources.all()) {
      if (!file.dirty) continue
      this.complete.sources.push(sourceRow(place, file, lastOffset))
      file.dirty = false
    }
    for (const row of this.newRejected) this.complete.rejected.push(row)
    this.newRejected = []
    if (this.nextOffset > this.fold.firstOffset) {
      this.complete.ledger.push(ledgerRow(place, this.fold, this.nextOffset))
    }
  }

  private compareWith(stored: StoredBlock): void {
    const { events, fingerprint, block } = this.fold
    if (stored.events === events && stored.fingerprint === fingerprint.value()) return
    throw new LogContradictsLedgerError(
      `partition ${this.partition} of ${this.stream}, block ${block}: the log up to offset ${stored.nextOffset} gives ` +
        `${events} events with fingerprint ${fingerprint.value()}, but the ledger has ${stored.events} with ` +
        `${stored.fingerprint}. An offset's content never changes, so this is another log than the one that was ` +
        `counted: was the topic re-created? Count it under another topic name, or into an empty store.`,
    )
  }

  private place(): BlockPlace {
    return { stream: this.stream, partition: this.partition, block: this.fold.block }
  }
}

/** The log holds something else than what was counted at the same offsets. */
export class LogContradictsLedgerError extends Error {
  override name = 'LogContradictsLedgerError'
}
