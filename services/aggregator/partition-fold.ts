import type { LogRecord, RecordBatch } from '@forbruk/infra/log/event-log.ts'
import type {
  RejectedLine,
  RejectReason,
  RequestEvent,
  SourceMark,
} from '@forbruk/schemas/event/log-event.ts'
import { redactExcerpt } from '@forbruk/schemas/event/redact.ts'
import { decodeRecord, type UndecodableEvent } from '@forbruk/schemas/wire/decode.ts'
import { Admission, type SourceFiles } from './admit.ts'
import { blockEnd, blockOf, blockStart, WINDOW_SIZE } from './block.ts'
import { BlockFold, type UsageTotals } from './fold.ts'
import {
  type BlockPlace,
  dateTime64,
  emptyRows,
  type FlushRows,
  ledgerRow,
  sourceRow,
  usageRow,
} from './rows.ts'

/** Where a partition's fold begins, as the ledger has it. */
export type ResumePoint = {
  readonly stream: string
  readonly partition: number
  /** Records below are only remembered for the duplicate window, not folded. */
  readonly foldFromOffset: number
  /** What had been seen of each source's file before `foldFromOffset`. */
  readonly sources: SourceFiles
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
  private readonly foldFromOffset: number
  private readonly admission: Admission
  private readonly stored: ReadonlyMap<number, StoredBlock>
  private fold: BlockFold
  private changed = false
  private dirtyUsage: UsageTotals[] = []
  /** Rows of blocks that are complete, and rejected events: waiting to be written. */
  private pending: FlushRows = emptyRows()

  constructor(resume: ResumePoint) {
    this.stream = resume.stream
    this.partition = resume.partition
    this.foldFromOffset = resume.foldFromOffset
    this.nextOffset = resume.foldFromOffset
    this.admission = new Admission(WINDOW_SIZE, resume.sources)
    this.stored = resume.stored
    this.fold = new BlockFold(blockOf(resume.foldFromOffset), resume.foldFromOffset)
  }

  /** How many rows the next flush will write: what bounds memory. */
  get pendingRows(): number {
    return this.dirtyUsage.length + this.pending.usage.length + this.pending.rejected.length
  }

  foldBatch(batch: RecordBatch): void {
    for (const record of batch.records) {
      if (record.offset < this.foldFromOffset) this.remember(record)
      else if (record.offset >= this.nextOffset) this.foldRecord(record)
    }
    if (batch.nextOffset > this.nextOffset) this.advanceTo(batch.nextOffset)
  }

  /** The rows that changed since the last call, or null. The caller writes them, and the ledger rows last. */
  takeRows(): FlushRows | null {
    if (!this.changed) return null
    this.writeOpenBlock()
    const rows = this.pending
    this.pending = emptyRows()
    this.changed = false
    return rows
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
    if (event.identity.kind === 'request_id') this.fold.requestIds += 1
    if (this.isDuplicate(event, offset)) {
      this.fold.duplicates += 1
      return
    }
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
    if (origin?.identity.kind === 'request_id') this.fold.requestIds += 1
    if (origin !== null && this.isDuplicate(origin, record.offset)) {
      this.fold.duplicates += 1
      return
    }
    this.fold.rejected += 1
    this.pending.rejected.push({
      ...this.place(),
      offset: record.offset,
      event_index: index,
      append_time: dateTime64(record.appendTimeMs),
      ...describeRejected(event, record),
    })
  }

  private isDuplicate(event: Pick<RequestEvent, 'source' | 'identity'>, offset: number): boolean {
    const duplicate = this.admission.isDuplicate(event.source, event.identity, offset)
    const file = event.identity.kind === 'position' ? event.identity.file : ''
    this.admission.sources.get(event.source, file).count(duplicate)
    return duplicate
  }

  /** Completes every block that ends at or before `offset`; blocks without a record get their row as well. */
  private advanceTo(offset: number): void {
    while (offset >= blockEnd(this.fold.block)) {
      const { block } = this.fold
      this.nextOffset = blockEnd(block)
      this.changed = true
      this.compareWithStored()
      this.writeOpenBlock()
      this.fold = new BlockFold(block + 1, blockStart(block + 1))
      for (const file of this.admission.sources.all()) file.startBlock()
    }
    if (offset > this.nextOffset) {
      this.nextOffset = offset
      this.changed = true
    }
    this.compareWithStored()
  }

  private writeOpenBlock(): void {
    const place = this.place()
    const lastOffset = this.nextOffset - 1
    for (const totals of this.dirtyUsage) {
      this.pending.usage.push(usageRow(place, totals, lastOffset))
      totals.dirty = false
    }
    this.dirtyUsage = []
    for (const file of this.admission.sources.all()) {
      if (!file.dirty) continue
      this.pending.sources.push(sourceRow(place, file, lastOffset))
      file.dirty = false
    }
    if (this.fold.records > 0 || this.nextOffset > this.fold.firstOffset) {
      this.pending.ledger.push(ledgerRow(place, this.fold, this.nextOffset))
    }
  }

  private compareWithStored(): void {
    const stored = this.stored.get(this.fold.block)
    if (stored === undefined || stored.nextOffset !== this.nextOffset) return
    const { events, fingerprint, block } = this.fold
    if (stored.events === events && stored.fingerprint === fingerprint.value()) return
    throw new LogContradictsLedgerError(
      `partition ${this.partition} of ${this.stream}, block ${block}: the log up to offset ${this.nextOffset} gives ` +
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

type Origin = Pick<RequestEvent, 'source' | 'identity'>

function identityOf(event: RequestEvent | SourceMark | RejectedLine | UndecodableEvent): Origin | null {
  switch (event.kind) {
    case 'request':
      return event
    case 'rejected_line':
      return {
        source: event.source,
        identity: { kind: 'position', file: event.file, position: event.position },
      }
    case 'undecodable':
      return event.origin
    case 'mark':
      return null
  }
}

type RejectedColumns = {
  reason: RejectReason
  detail: string
  source: string
  file: string
  position: number | null
  excerpt: string
  record_bytes: number
}

function describeRejected(event: RejectedLine | UndecodableEvent, record: LogRecord): RejectedColumns {
  const origin = identityOf(event)
  const line = origin?.identity.kind === 'position' ? origin.identity : null
  return {
    reason: event.reason,
    detail: event.detail,
    source: origin?.source ?? '',
    file: line?.file ?? '',
    position: line?.position ?? null,
    excerpt: event.kind === 'rejected_line' ? event.excerpt : redactExcerpt(record.value ?? ''),
    record_bytes: event.kind === 'rejected_line' ? event.lineBytes : (record.value?.length ?? 0),
  }
}
