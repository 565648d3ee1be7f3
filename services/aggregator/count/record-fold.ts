import type { LogRecord } from '@forbruk/infra/log/event-log.ts'
import type { RejectedLine, SignedRecord, SourceMark } from '@forbruk/schemas/event/log-event.ts'
import {
  type Decoded,
  decodeRecord,
  rejectSchema,
  type UndecodableEvent,
} from '@forbruk/schemas/wire/decode.ts'
import type { RequestScanner } from '@forbruk/schemas/wire/scan/scan-requests.ts'
import { ScannedRequest } from '@forbruk/schemas/wire/scan/scanned-request.ts'
import { spellOrigin, spellRequest } from '@forbruk/schemas/wire/scan/spell-request.ts'
import type { Admission, SourceFile } from './admit.ts'
import { knowsInstances, knowsLimits, markAheadMaxMs, sumsRejected } from './block.ts'
import { describeRejected, describeUntimely, identityOf, type RejectedEvent } from './describe-rejected.ts'
import { believedThrough, type JudgeTime } from './judge-time.ts'
import type { OpenBlock } from './open-block.ts'
import { sumRejected } from './sum-rejected.ts'

/** On whose word a signed record stands is judged by then. */
type Known = Exclude<Decoded, SignedRecord>

/** One record into the open block: decode, admit, fold. */
export class RecordFold {
  readonly #scanner: RequestScanner
  readonly #admission: Admission
  readonly #judge: JudgeTime
  /** The event at hand. */
  readonly #request = new ScannedRequest()
  /** Of the record at hand. */
  #rejected: RejectedEvent[] = []

  constructor(scanner: RequestScanner, admission: Admission, judge: JudgeTime) {
    this.#scanner = scanner
    this.#admission = admission
    this.#judge = judge
  }

  /** Looks through the records from `first` on, as many as one go takes, and answers how many can then be read. */
  scan(records: readonly LogRecord[], first: number): number {
    return this.#scanner.scan(records, first)
  }

  /**
   * The record's events; null for the one request that the scan has found, which `fold` takes from there.
   * @param index of the record in the last scan
   */
  read(record: LogRecord, index: number): readonly Decoded[] | null {
    return this.#scanner.load(index, this.#request) ? null : decodeRecord(record.value)
  }

  /** A record before the first block that is folded: only which request ids occurred matters. */
  remember({ offset }: LogRecord, events: readonly Known[] | null): void {
    if (events === null) this.#rememberIdentity(offset)
    for (const event of events ?? []) {
      const origin = identityOf(event)
      if (origin === null) continue
      spellOrigin(origin, this.#request)
      this.#rememberIdentity(offset)
    }
  }

  fold(record: LogRecord, events: readonly Known[] | null, block: OpenBlock): void {
    if (events === null) this.#foldRequest(record, 0, block)
    else this.#foldDecoded(record, events, block)
    if (this.#rejected.length === 0) return
    const [first] = events ?? []
    const line = first?.kind === 'rejected_line' ? first : null
    block.addRejected(sumRejected(record, this.#rejected, line, sumsRejected(block.geometry)))
    this.#rejected = []
  }

  /** Of lines only those that have no highest position to be known by. */
  #rememberIdentity(offset: number): void {
    const { identity } = this.#request
    if (!this.#admission.isInWindow(identity, offset)) return
    this.#admission.isDuplicate(this.#request, this.#admission.sources.of(this.#request), offset)
  }

  #foldDecoded(record: LogRecord, events: readonly Known[], block: OpenBlock): void {
    for (const [index, event] of events.entries()) {
      switch (event.kind) {
        case 'request':
          spellRequest(event, this.#request)
          this.#foldRequest(record, index, block)
          break
        case 'mark':
          if (isUnknown(event, record, block)) this.#foldUnknown(record, index, block)
          else this.#foldMark(event, record, block)
          break
        case 'stream_version':
        case 'stream_limits':
        case 'stream_growth':
          break
        case 'rejected_line':
        case 'undecodable':
          this.#foldRejected(event, record, index, block)
          break
      }
    }
  }

  #foldRequest(record: LogRecord, index: number, block: OpenBlock): void {
    const request = this.#request
    const file = this.#admission.sources.of(request)
    if (!this.#admit(file, record.offset, block)) return
    // Judged when it is known to be no copy: an event that was counted stays so, however late its copies come.
    const { timeMs, timeVouched } = request
    const verdict = timeVouched ? 'ok' : this.#judge(timeMs, record.appendTimeMs, block.geometry)
    if (verdict === 'ok') {
      file.count(false)
      block.addRequest(request, record.offset, index)
    } else {
      if (isNamed(request, file)) file.count(false)
      this.#rejected.push(describeUntimely(request, file, verdict, record, index, block.geometry))
    }
  }

  #foldMark(mark: SourceMark, { appendTimeMs }: LogRecord, block: OpenBlock): void {
    block.marks += 1
    const throughMs = believedThrough(mark.throughMs, appendTimeMs, markAheadMaxMs(block.geometry))
    const { sources } = this.#admission
    const believed = { ...mark, throughMs }
    const unnamed = sources.get(mark.source, '')
    // Asked for once: a source may have many files.
    const isFirst = mark.instance !== undefined && unnamed.instances.length === 0
    unnamed.hear(believed, appendTimeMs, isFirst ? sources.throughOf(mark.source) : null)
    sources.get(mark.source, mark.file).mark(believed)
  }

  #foldUnknown(record: KnownRecord, index: number, block: OpenBlock): void {
    this.#foldRejected(rejectSchema(record.value), record, index, block)
  }

  #foldRejected(
    event: RejectedLine | UndecodableEvent,
    record: LogRecord,
    index: number,
    block: OpenBlock,
  ): void {
    const origin = identityOf(event)
    if (origin !== null) {
      spellOrigin(origin, this.#request)
      const file = this.#admission.sources.of(this.#request)
      if (!this.#admit(file, record.offset, block)) return
      if (isNamed(this.#request, file)) file.count(false)
    }
    this.#rejected.push(describeRejected(event, index))
  }

  #admit(file: SourceFile, offset: number, block: OpenBlock): boolean {
    const request = this.#request
    if (this.#admission.isInWindow(request.identity, offset)) block.requestIds += 1
    if (!this.#admission.isDuplicate(request, file, offset)) return true
    block.duplicates += 1
    file.count(true)
    return false
  }
}

type KnownRecord = LogRecord & { readonly value: Buffer }

/** Of a schema that the rules of its fold version knew nothing of. */
function isUnknown(mark: SourceMark, record: LogRecord, { geometry }: OpenBlock): record is KnownRecord {
  const isKnown =
    (mark.instance === undefined || knowsInstances(geometry)) &&
    (mark.obstacles === undefined || knowsLimits(geometry))
  return record.value !== null && !isKnown
}

/** Of what is rejected, only what names its source is counted for one: so rejected events and source rows add up. */
function isNamed({ identity }: ScannedRequest, { source }: SourceFile): boolean {
  return source !== '' || identity === 'position'
}
