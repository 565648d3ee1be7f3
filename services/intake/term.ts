import { choosePartition } from '@forbruk/infra/log/choose-partition.ts'
import { type ForeignTopic, LogUnavailableError, type RecordBatch } from '@forbruk/infra/log/event-log.ts'
import type { Claim, SoleWriter } from '@forbruk/infra/log/sole-writer.ts'
import { EARLIEST_TIME_MS } from '@forbruk/schemas/event/check-request.ts'
import { encodeMark } from '@forbruk/schemas/wire/encode.ts'
import { Batch } from './batch.ts'
import { describeLoss, ForeignFile, remadeError } from './foreign-file.ts'
import type { ReadValue } from './piece.ts'
import { fileOf, lostFileOf, placeOf, positionOf } from './place.ts'
import { type ReadableLog, recover } from './recover.ts'
import { refuseTaken } from './refuse-taken.ts'
import { toRecord } from './to-record.ts'

export type TermSettings = {
  readonly foreign: ForeignTopic
  readonly log: ReadableLog
  readonly writer: SoleWriter
  readonly source: string
  /** As marks tell it. */
  readonly formatName: string
  readonly readValue: ReadValue
  /** From 0 to 1. */
  readonly rejectedShareMax: number
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly onWarning: (message: string) => void
}

export type TermCounts = { readonly events: number; readonly rejected: number; readonly blank: number }

const MARK_EVERY_MS = 10_000
const MARK_ALL_EVERY_MS = 600_000
/** Shippers write through buffers: what is older than the newest by less may still be in one. */
const ALLOWANCE_MS = 60_000
const KNOWN_CLIENTS_MAX = 100_000

/** What the foreign topic held at a moment, and the latest request that had been read by then. */
type Look = { readonly ends: readonly number[]; readonly highestMs: number | null }

/**
 * From one claim to its end: nobody else appends for the source. What is read is appended in batches, each whole or not
 * at all, and how far that goes is a function of what was appended: so whatever dies when, the next term begins right
 * behind it. After an append that failed nothing is known but by a new claim, and the term is over.
 */
export class Term {
  readonly #settings: TermSettings
  readonly #claim: Claim
  readonly #files: readonly ForeignFile[]
  /** Of the log when the term began. */
  readonly #partitionCount: number
  readonly #partitions = new Map<string, number>()
  #batch: Batch
  #counts = { events: 0, rejected: 0, blank: 0 }
  #highestMs: number | null = null
  #throughMs = EARLIEST_TIME_MS
  #toldThroughMs = EARLIEST_TIME_MS
  #look: Look | null = null
  #markedMs: number
  #allMarkedMs: number
  /** Lines are taken and batches appended one after the other. */
  #turn: Promise<void> = Promise.resolve()

  constructor(settings: TermSettings, claim: Claim, files: readonly ForeignFile[]) {
    this.#settings = settings
    this.#claim = claim
    this.#files = files
    this.#partitionCount = settings.log.partitionCount
    this.#markedMs = settings.clock()
    this.#allMarkedMs = this.#markedMs
    this.#batch = new Batch(settings.rejectedShareMax)
  }

  /** Ends every earlier term of the source, and finds how far they came. Throws EventLogError. */
  static async begin(settings: TermSettings): Promise<Term> {
    const { writer, log, source, foreign } = settings
    const { partitionCount } = log
    const claim = await writer.claim()
    const names = Array.from({ length: foreign.partitionCount }, (_, partition) =>
      fileOf(foreign.topic, partition),
    )
    const recovered = await recover(log, source, names)
    await refuseTaken(foreign, recovered)
    if (log.partitionCount > partitionCount)
      throw new LogUnavailableError(`"${log.topic}" has ${log.partitionCount} partitions by now.`)
    const files = names.flatMap((name, partition) => {
      const found = recovered.get(name)
      return found === undefined ? [] : [new ForeignFile(partition, name, found)]
    })
    return new Term(settings, claim, files)
  }

  /** What was appended in this term. */
  get counts(): TermCounts {
    return this.#counts
  }

  /** The next offset of each foreign partition. */
  get nextOffsets(): ReadonlyMap<number, number> {
    return new Map(this.#files.map(({ partition, next }) => [partition, placeOf(next).offset]))
  }

  /** The offset to read a foreign partition from. What was deleted before it was read is marked as missing. */
  startOf(partition: number): Promise<number> {
    return this.#inTurn(async () => {
      const { foreign, onWarning } = this.#settings
      const file = this.#fileOf(partition)
      const { startOffset, endOffset } = await foreign.bounds(partition)
      const { offset } = placeOf(file.next)
      file.isStarted = true
      if (offset > endOffset) throw remadeError(file, offset, endOffset)
      if (offset >= startOffset) return offset
      if (file.isKnown) {
        this.#markLost(file, offset, startOffset)
        onWarning(describeLoss(file, offset, startOffset))
      } else if (startOffset > 0)
        onWarning(`${file.file} begins at offset ${startOffset}: what was before is gone`)
      file.next = positionOf({ offset: startOffset, index: 0 })
      return startOffset
    })
  }

  /** The log has more partitions by now, which the next term appends to as well. */
  get isOutgrown(): boolean {
    return this.#settings.log.partitionCount > this.#partitionCount
  }

  take({ partition, records, nextOffset }: RecordBatch): Promise<void> {
    return this.#inTurn(async () => {
      const file = this.#fileOf(partition)
      for (const { offset, value } of records) {
        if (value !== null) await this.#takeValue(file, offset, value)
        file.next = Math.max(file.next, positionOf({ offset: offset + 1, index: 0 }))
      }
      file.next = Math.max(file.next, positionOf({ offset: nextOffset, index: 0 }))
    })
  }

  /** To be called several times a second: appends what has waited long enough, and marks. */
  tick(): Promise<void> {
    return this.#inTurn(async () => {
      const nowMs = this.#settings.clock()
      const isNew = this.#files.some(({ isStarted, isKnown }) => isStarted && !isKnown)
      const areMarksDue = isNew || nowMs - this.#markedMs >= MARK_EVERY_MS
      if (this.#batch.isInDoubt && !this.#batch.isDue(nowMs)) return
      if (areMarksDue) await this.#lookAround()
      if (this.#batch.isDue(nowMs) || areMarksDue) await this.#flush(areMarksDue)
    })
  }

  /** Appends and marks what was taken, but for what may be a wrong format's. */
  finish(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#batch.isInDoubt) return this.#batch.judge()
      await this.#lookAround()
      await this.#lookAround()
      await this.#flush(true)
    })
  }

  /** Whether everything below these offsets was read. */
  hasReached(ends: readonly number[]): boolean {
    return ends.every((end, partition) => this.#offsetOf(partition) >= end)
  }

  async #takeValue(file: ForeignFile, offset: number, value: Buffer): Promise<void> {
    const { source, clock, readValue } = this.#settings
    const pieces = await readValue(value)
    const origin = { source, file: file.file }
    for (const [index, piece] of pieces.entries()) {
      const place = { offset, index }
      if (positionOf(place) < file.next) continue
      const record = toRecord(piece, place, origin)
      file.next = positionOf(place) + 1
      if (record.kind === 'blank') {
        this.#counts.blank += 1
        continue
      }
      const partition = this.#partitionOf(record.key)
      if (!record.hasRequestId) file.count(partition)
      file.isTouched = true
      this.#batch.addLine(record.value, partition, clock())
      if (record.kind === 'request') this.#sawRequest(record.timeMs)
      else this.#sawRejected(record)
      if (this.#batch.isFull) await this.#flush(false)
    }
  }

  #sawRequest(timeMs: number): void {
    this.#counts.events += 1
    // One from the future has a broken clock, and must not vouch for the days until then.
    if (timeMs > this.#settings.clock()) return
    this.#highestMs = Math.max(this.#highestMs ?? 0, timeMs)
  }

  #sawRejected({ isAlarming, detail }: { readonly isAlarming: boolean; readonly detail: string }): void {
    this.#counts.rejected += 1
    if (isAlarming) this.#batch.addAlarming(detail)
  }

  async #flush(withMarks: boolean): Promise<void> {
    const batch = this.#batch
    batch.judge()
    const marked = withMarks ? this.#addMarks() : []
    this.#addPlaces(marked)
    if (batch.records.length === 0) return
    await this.#claim.append(batch.records)
    for (const file of this.#files) file.isTouched = false
    for (const file of marked) file.marked()
    this.#batch = new Batch(this.#settings.rejectedShareMax)
  }

  /**
   * All that the topic held at the look before has been read by now, hence every request up to the latest of then, less
   * what buffers may hold. Silence is no proof: where no later request comes, no later time is vouched for.
   */
  async #lookAround(): Promise<void> {
    const { foreign, log } = this.#settings
    // By its answer the log learns of partitions that it has got since.
    await log.bounds(0)
    const look = this.#look
    const isReached = look !== null && this.hasReached(look.ends)
    if (isReached && look.highestMs !== null)
      this.#throughMs = Math.max(this.#throughMs, look.highestMs - ALLOWANCE_MS)
    if (look !== null && !isReached) return
    const highestMs = this.#highestMs
    const bounds = await Promise.all(this.#files.map(({ partition }) => foreign.bounds(partition)))
    this.#look = { ends: bounds.map(({ endOffset }) => endOffset), highestMs }
  }

  #addMarks(): readonly ForeignFile[] {
    this.#markedMs = this.#settings.clock()
    const due = this.#listDue(this.#markedMs)
    for (const { file, next, partitionCounts } of due) {
      for (let partition = 0; partition < this.#partitionCount; partition++)
        this.#addMark(partition, file, next, partitionCounts[partition] ?? 0)
    }
    return due
  }

  /** What has no position of its own is found again by one mark, in one partition, beside it. */
  #addPlaces(marked: readonly ForeignFile[]): void {
    for (const file of this.#files.filter(each => each.isTouched && !marked.includes(each))) {
      const partition = file.partition % this.#partitionCount
      this.#addMark(partition, file.file, file.next, file.partitionCounts[partition] ?? 0)
    }
  }

  /** All now and then, so that the next start finds marks near the end of the log. */
  #listDue(nowMs: number): readonly ForeignFile[] {
    const isNews = this.#throughMs > this.#toldThroughMs
    this.#toldThroughMs = this.#throughMs
    if (nowMs - this.#allMarkedMs >= MARK_ALL_EVERY_MS) {
      this.#allMarkedMs = nowMs
      return this.#files.filter(({ isStarted }) => isStarted)
    }
    const due = this.#files.filter(({ isMarkDue }) => isMarkDue)
    return due.length === 0 && isNews ? this.#files.slice(0, 1) : due
  }

  /** Records that nobody can read any more are events that were sent and never arrive, until a person lets them go. */
  #markLost({ partition }: ForeignFile, fromOffset: number, toOffset: number): void {
    const file = lostFileOf(this.#settings.foreign.topic, partition, fromOffset, toOffset)
    this.#addMark(partition % this.#partitionCount, file, 1, toOffset - fromOffset)
  }

  #addMark(partition: number, file: string, position: number, eventsTotal: number): void {
    const { source, formatName: format } = this.#settings
    const origin = { kind: 'mark', source, file, position, eventsTotal } as const
    const mark = encodeMark({ ...origin, throughMs: this.#throughMs, format })
    this.#batch.addMark(mark, partition)
  }

  #fileOf(partition: number): ForeignFile {
    const file = this.#files[partition]
    if (file === undefined) throw new RangeError(`partition ${partition} of ${this.#files.length}`)
    return file
  }

  #offsetOf(partition: number): number {
    return placeOf(this.#fileOf(partition).next).offset
  }

  #partitionOf(key: string): number {
    const known = this.#partitions.get(key)
    if (known !== undefined) return known
    if (this.#partitions.size >= KNOWN_CLIENTS_MAX) this.#partitions.clear()
    const partition = choosePartition(key, this.#partitionCount)
    this.#partitions.set(key, partition)
    return partition
  }

  /** After a failure nothing more is done: what was taken is to be read again. */
  #inTurn<Answer>(step: () => Promise<Answer>): Promise<Answer> {
    const done = this.#turn.then(step)
    this.#turn = done.then(() => undefined)
    this.#turn.catch(() => undefined)
    return done
  }
}
