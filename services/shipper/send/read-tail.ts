import { MAGIC_BYTES, recogniseCompression } from '../files/decompress.ts'
import type { FileFacts, OpenLogFile } from '../files/log-files.ts'
import { openForReading, readAt } from '../files/read-bytes.ts'
import type { FoundObstacle } from '../obstacles/obstacles.ts'
import { codeOf, cutOff, FileError } from '../obstacles/ship-error.ts'
import type { FileProgress } from '../progress/file-progress.ts'
import { HEAD_BYTES_MAX, readStart, START_LINES_MAX, type Start } from '../progress/identify-file.ts'
import { isSamePlace, placeOf } from '../progress/place.ts'
import { judgeLine } from '../recognise/read-from.ts'
import {
  type Candidate,
  explainAlike,
  type Holding,
  isCopy,
  nameFurther,
  type Recognised,
  recognise,
} from '../recognise/recognise-file.ts'
import { holdsAll, type Seen, seenEnd, seenStart } from '../recognise/seen-content.ts'
import { LineShipper } from './ship-lines.ts'
import type { FileSummary } from './ship-summary.ts'
import type { Shipment } from './shipment.ts'

/** So that one long file does not keep the others waiting. */
const CHUNKS_PER_VISIT = 16
const NEWLINE = 0x0a

type Visit =
  | 'more'
  | 'at_end'
  /** Its content was replaced by another: it was truncated after it was copied. */
  | 'replaced'

type End =
  | { readonly kind: 'obstacle'; readonly obstacle: FoundObstacle }
  | { readonly kind: 'left'; readonly file: string; readonly version: string }

type TailOptions = {
  /** Where it lies now. */
  readonly path: string
  /** The log that is followed. */
  readonly log: string
  /** It is the one that the gateway writes to. */
  readonly isLive: boolean
  readonly isElsewhere: Candidate['isElsewhere']
}

type Begun = { readonly shipper: LineShipper; readonly resumedFrom: number }

/** One open file that grows, whatever its name has become. */
export class Tail {
  readonly options: TailOptions
  readonly facts: FileFacts
  readonly #file: OpenLogFile
  readonly #shipment: Shipment
  #begun: Begun | null = null
  #start: Seen | null = null
  #lastSeen: Seen | null = null
  #readPosition = 0
  /** All that it holds so far was given up. */
  #isGivenUp = false
  /** When it was last seen that all of its lines had been read; null when there may be more. */
  atEndMs: number | null = null
  /** How often it was looked for under its new name. */
  surveys = 0
  /** Visits in a row that found nothing new. */
  quietVisits = 0
  /** It begins like another file, and can't be told from it so far. */
  alike: readonly FoundObstacle[] = []

  constructor(shipment: Shipment, file: OpenLogFile, facts: FileFacts, options: TailOptions) {
    this.#shipment = shipment
    this.#file = file
    this.facts = facts
    this.options = options
  }

  /** Null when there is no such file yet. Throws ShipError. */
  static async open(shipment: Shipment, options: TailOptions): Promise<Tail | null> {
    const { path } = options
    const file = await openForReading(shipment.settings.files, path).catch(error => {
      if (codeOf(error.cause) === 'ENOENT') return null
      throw error
    })
    if (file === null) return null
    const facts = await file.facts()
    const refusal =
      facts.kind === 'directory'
        ? 'is a directory; expected a log file'
        : recogniseCompression(await file.read(0, MAGIC_BYTES)) !== null
          ? 'is compressed, so it will not grow; ship it without following it'
          : null
    if (refusal === null) return new Tail(shipment, file, facts, options)
    await file.close()
    throw new FileError('unreadable', `${path}: ${refusal}`)
  }

  isFile(facts: FileFacts): boolean {
    return isSamePlace(this.facts, facts)
  }

  get file(): string | null {
    return this.#begun?.shipper.live.file ?? null
  }

  /** Goes on with the file that lay in the same place before, if it is that one beyond doubt. Ships nothing. */
  async goOn(): Promise<void> {
    await this.#begin(
      false,
      (known, start) => isSamePlace(known.livePlace, this.facts) && isCopy(start, known),
    )
  }

  /** Ships what has come, as far as the lines are complete. */
  async visit(signal: AbortSignal): Promise<Visit> {
    const nowMs = this.#shipment.settings.clock()
    const { bytes, modifiedMs } = await this.#file.facts()
    const begun = await this.#begin(false)
    // What was given up of a file holds nothing more than the one that it is like.
    if (begun === null) return this.#rest(bytes === 0 || this.#isGivenUp ? nowMs : null)
    if (!(await holdsAll(this.#file, [this.#start, this.#lastSeen]))) return this.#replaced(begun)
    const { live } = begun.shipper
    if (live.lineDigests.length < START_LINES_MAX && !(await this.#lookAtStart(live.lineDigests)))
      return this.#replaced(begun)
    live.modifiedMs = modifiedMs
    for (let chunks = 0; chunks < CHUNKS_PER_VISIT && !signal.aborted; chunks++) {
      const chunk = await readAt(this.options.path, this.#file, this.#readPosition)
      if (chunk.length === 0) {
        live.readAll(this.facts)
        return this.#rest(begun.shipper.partialBytes === 0 ? nowMs : null)
      }
      // After the read, so that what was read is known to be of this content.
      if (!(await holdsAll(this.#file, [this.#start, this.#lastSeen]))) return this.#replaced(begun)
      await this.#takeChunk(begun, chunk)
    }
    return 'more'
  }

  /** What was read lies in a copy now, if anywhere. */
  #replaced({ shipper: { live } }: Begun): Visit {
    live.leave()
    this.#shipment.moved(live)
    return 'replaced'
  }

  async #takeChunk({ shipper }: Begun, chunk: Buffer): Promise<void> {
    this.#readPosition += chunk.length
    this.#lastSeen = seenEnd(chunk, this.#readPosition)
    this.quietVisits = 0
    this.atEndMs = null
    await shipper.take(chunk)
  }

  /**
   * It won't grow any more: a last line without a newline is shipped as it is. Not so where the log goes on from there,
   * or another copy of it does: this is one that was taken in mid-line, and is left to that. Answers what stands in the
   * way where an earlier run may have sent the whole of it, from the file that this is a copy of.
   *
   * @param copiedBytes how many bytes the longest copy holds, by what a file is called on the wire
   */
  async end(current: Tail | null, copiedBytes: ReadonlyMap<string, number> = new Map()): Promise<End | null> {
    const begun = await this.#begin(true)
    if (begun === null) return null
    const { shipper } = begun
    const { file } = shipper.live
    const goesOn =
      (copiedBytes.get(file) ?? 0) > (await this.size()) || (await current?.goesOnFrom(this)) === true
    if (shipper.partialBytes > 0 && goesOn)
      return { kind: 'left', file, version: (await this.#file.facts()).version }
    if (shipper.counts.bytes === 0 && this.#readPosition === 0) {
      await this.#takeChunk(begun, await readAt(this.options.path, this.#file, 0))
    }
    if (shipper.end(shipper.live.mayBeSentBeyond(this.facts))) return null
    const { path, log } = this.options
    const { reason, message: detail } = cutOff(path)
    const { version } = await this.#file.facts()
    return { kind: 'obstacle', obstacle: { reason, path, log, file: this.file, detail, version } }
  }

  /** It holds all that was read of the other, and more. */
  async goesOnFrom(other: Tail): Promise<boolean> {
    if ((await this.size()) <= other.#readPosition) return false
    return holdsAll(this.#file, [other.#start, other.#lastSeen])
  }

  async close(): Promise<FileSummary | null> {
    await this.#file.close()
    if (this.#begun === null) return null
    const { shipper, resumedFrom } = this.#begun
    const { file, position } = shipper.live
    this.#shipment.known.close(shipper.live.file)
    return { path: this.options.path, file, resumedFrom, position, note: null, ...shipper.counts }
  }

  get progress() {
    const lines = this.#begun?.shipper.counts.lines ?? 0
    return { file: this.options.path, bytesRead: this.#readPosition, lines }
  }

  async size(): Promise<number> {
    return (await this.#file.facts()).bytes
  }

  /** How many names it has by now. */
  async links(): Promise<number> {
    return (await this.#file.facts()).links
  }

  #rest(atEndMs: number | null): Visit {
    this.atEndMs = atEndMs
    this.quietVisits += 1
    return 'at_end'
  }

  async #begin(
    atEnd: boolean,
    isExpected?: (known: FileProgress, start: Start) => boolean,
  ): Promise<Begun | null> {
    if (this.#begun !== null) return this.#begun
    const head = await this.#file.read(0, HEAD_BYTES_MAX)
    const start = readStart(head, atEnd)
    if (start === null) return null
    const recognised = await this.#recognise(start)
    if (isExpected !== undefined && !(recognised.kind === 'known' && isExpected(recognised.known, start)))
      return null
    const alike = recognised.kind === 'undecided' ? this.#explainAlike(start, recognised.like) : []
    this.alike = alike
    const isGivenUp = alike.some(one => this.#shipment.obstacles.isSettled(one))
    if (recognised.kind === 'undecided' && !isGivenUp) return null
    const begin = recognised.kind === 'undecided' ? await this.#goBehind(start, recognised.like) : recognised
    // Half a line waits for its rest.
    this.#isGivenUp = begin === null && head.at(-1) === NEWLINE
    if (begin === null) return null
    const file = begin.kind === 'known' ? begin.known.file : begin.file
    const seen = seenStart(head, start)
    // What was looked at one after the other is of one content only if that is still there.
    if (this.#shipment.known.isOpen(file) || !(await holdsAll(this.#file, [seen]))) return null
    this.alike = []
    const live = this.#shipment.open(file, this.options.log, begin.kind === 'behind' ? begin.like : null)
    const isNews = live.lieAt(this.facts, this.options.isLive)
    if (isNews || live.done) this.#shipment.moved(live)
    live.done = false
    live.isOpenEnded = false
    live.lineDigests = start.lineDigests
    this.#start = seen
    this.#lastSeen =
      begin.kind === 'known' ? begin.known.lastLine : begin.kind === 'behind' ? begin.like.lastLine : null
    this.#readPosition = live.position
    this.#begun = { shipper: new LineShipper(this.#shipment, live), resumedFrom: live.position }
    return this.#begun
  }

  #recognise(start: Start): Promise<Recognised> {
    const { isLive, isElsewhere } = this.options
    return recognise(
      {
        start,
        facts: this.facts,
        isCompressed: false,
        isLive,
        holds: known => this.#holds(known),
        isElsewhere,
      },
      this.#shipment.known.kinOf(start.file),
    )
  }

  #explainAlike({ file: firstLine }: Start, like: FileProgress): readonly FoundObstacle[] {
    const { path, log } = this.options
    const place = placeOf(this.facts)
    // It grows: what a person saw is which file it is like, and how far that one was shipped.
    const version = [place.device, place.inode, like.file, like.position].join(':')
    const detail = explainAlike(path, like)
    return [{ reason: 'alike', path, log, file: null, detail, version, place, firstLine }]
  }

  /**
   * What it has in common with another file was given up: a file of its own, read from where that one's shipping
   * stopped. Null as long as nothing stands there that is its own.
   */
  async #goBehind(start: Start, like: FileProgress) {
    const file = nameFurther(start, this.#shipment.known.kinOf(start.file))
    if (file === null || (await this.#holds(like)) !== 'all') return null
    return { kind: 'behind', file, like } as const
  }

  async #holds({ lastLine }: FileProgress): Promise<Holding> {
    if (lastLine === null) return 'all'
    return judgeLine(await this.#file.read(lastLine.position, lastLine.bytes), lastLine)
  }

  /** The more lines of its start are known, the better it is told from others. Answers false when it is another. */
  async #lookAtStart(known: readonly string[]): Promise<boolean> {
    const head = await this.#file.read(0, HEAD_BYTES_MAX)
    const start = readStart(head, false)
    if (start === null || start.lineDigests.length < known.length) return false
    const last = known.length - 1
    if (last >= 0 && start.lineDigests[last] !== known[last]) return false
    this.#start = seenStart(head, start)
    if (this.#begun !== null) this.#begun.shipper.live.lineDigests = start.lineDigests
    return true
  }
}
