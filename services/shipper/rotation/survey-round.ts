import type { RotatedFile } from '../files/find-rotated.ts'
import type { FileFacts } from '../files/log-files.ts'
import { openFile } from '../files/read-bytes.ts'
import { plainName } from '../files/rotated-name.ts'
import type { FoundObstacle } from '../obstacles/obstacles.ts'
import { FileError } from '../obstacles/ship-error.ts'
import type { FileProgress } from '../progress/file-progress.ts'
import { HEAD_BYTES_MAX, type Start } from '../progress/identify-file.ts'
import { isSamePlace, placeOf } from '../progress/place.ts'
import type { LogProgress } from '../progress/source-progress.ts'
import { ByteCursor, readStartOf } from '../recognise/read-from.ts'
import { agree, type Candidate, isCopy, isCopyOf, notToldFrom } from '../recognise/recognise-file.ts'
import { Tail } from '../send/read-tail.ts'
import type { FileSummary } from '../send/ship-summary.ts'
import { recogniseWhole, shipRecognised, type WholeOptions } from '../send/ship-whole.ts'
import type { Shipment } from '../send/shipment.ts'
import { isLeftAlone } from './leave-alone.ts'

export type SurveyOptions = Omit<WholeOptions, 'path' | 'keptAs' | 'speaksForSource'> & {
  /** What has the log's own name, where no tail reads it. */
  readonly current?: string | null
  /** Copies that the log goes on from, by their state, and what they are called. */
  readonly left?: ReadonlyMap<string, string>
}

/** One look at all the files into which a log was rotated. */
export class Round {
  readonly begun: Tail[] = []
  readonly summaries: FileSummary[] = []
  readonly found: FoundObstacle[] = []
  /** How many bytes the longest copy holds of a file that is being read. */
  readonly copiedBytes = new Map<string, number>()
  /** A file was renamed since they were listed. */
  mustRepeat = false
  readonly #shipment: Shipment
  readonly #log: LogProgress
  readonly #rotated: readonly RotatedFile[]
  readonly #tails: readonly Tail[]
  readonly #options: SurveyOptions
  /** What is called on the wire what lies at a path; nothing where nothing of it is shipped. */
  readonly #files = new Map<string, string>()
  /** Read to their ends in this state. */
  readonly #looked: Map<string, string>

  constructor(
    shipment: Shipment,
    log: LogProgress,
    rotated: readonly RotatedFile[],
    tails: readonly Tail[],
    options: SurveyOptions,
  ) {
    this.#rotated = rotated
    this.#shipment = shipment
    this.#log = log
    this.#tails = tails
    this.#options = options
    this.#looked = new Map(Object.entries(log.looked))
    for (const { path, facts } of rotated) {
      const tail = tails.find(tail => tail.isFile(facts))
      const file = tail === undefined ? this.#looked.get(facts.version) : (tail.file ?? '')
      if (file !== undefined) this.#files.set(path, file)
    }
  }

  hasMet(file: string): boolean {
    return [...this.#files.values()].includes(file)
  }

  fileAt(path: string): string | undefined {
    return this.#files.get(path)
  }

  isLive(file: string): boolean {
    return (
      this.#options.current === file || this.#tails.some(tail => tail.options.isLive && tail.file === file)
    )
  }

  async examine(rotated: RotatedFile): Promise<void> {
    const { path, facts } = rotated
    if (this.#files.has(path)) return
    const left = this.#options.left?.get(facts.version)
    if (left !== undefined) return void this.#files.set(path, left)
    const { standing, settled } = this.#shipment.obstacles
    const isThis = (one: FoundObstacle) => one.version === facts.version && isLasting(one)
    if (settled.some(isThis)) return this.#see(rotated, '')
    const unread = standing.find(isThis)
    if (unread !== undefined) this.#find({ ...unread, path })
    else await this.#read(rotated)
  }

  /** What is called otherwise belongs to the log only if it holds a file that is looked for. */
  async examineStranger(stranger: RotatedFile): Promise<void> {
    if (this.#tails.some(tail => tail.isFile(stranger.facts))) return
    const sought = this.#shipment.known.unfinished.filter(
      known => known.path === this.#log.path && !this.hasMet(known.file),
    )
    const start = await readStartOf(this.#shipment.settings.files, stranger.path)
    if (start !== null && sought.some(known => known.file.startsWith(start.file) && agree(start, known)))
      await this.#read(stranger)
  }

  /** Once all that was read is in the log. What is gone needn't be remembered. */
  async keep(rotated: readonly RotatedFile[]): Promise<void> {
    const looked = Object.fromEntries(
      rotated.flatMap(({ facts }) => {
        const file = this.#looked.get(facts.version)
        return file === undefined ? [] : [[facts.version, file] as const]
      }),
    )
    if (JSON.stringify(looked) === JSON.stringify(this.#log.looked)) return
    await this.#shipment.settle()
    this.#shipment.setLog({ ...this.#log, looked })
  }

  async #read(rotated: RotatedFile): Promise<void> {
    const { path, facts } = rotated
    let start: Start | null = null
    try {
      const cursor = await this.#open(path)
      try {
        if (!isSamePlace(cursor.source.facts, facts)) return this.#pass(path)
        start = await cursor.identify()
        if (start === null || isLeftAlone(this.#log, start, facts)) this.#see(rotated, '')
        else if (cursor.source.compression === null) await this.#readPlain(rotated, cursor, start)
        else await this.#readCompressed(rotated, cursor, start)
      } finally {
        await cursor.close()
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      const { reason, message } = error
      const file = error.file ?? (reason === 'damaged' ? this.#likely(start) : null)
      const { version } = facts
      const place = placeOf(facts)
      this.#find({
        reason,
        path,
        log: this.#log.path,
        file,
        detail: message,
        version,
        place,
        firstLine: start?.file,
      })
    }
  }

  /** Which of the known files it seems to be, as far as its start goes. */
  #likely(start: Start | null): string | null {
    if (start === null) return null
    return this.#shipment.known.kinOf(start.file).find(known => agree(start, known))?.file ?? null
  }

  /** Somebody may still be writing to it: what is new in it is read as it grows. */
  async #readPlain(rotated: RotatedFile, cursor: ByteCursor, start: Start): Promise<void> {
    const { path } = rotated
    const whole = await recogniseWhole(this.#shipment, cursor, start, this.#isElsewhere(rotated))
    // A half line says who it is once no more comes of it; until then it is left to be read as it grows. Told at once
    // is only that it can't be told from another: its end would be given up without a word, and begun again for ever.
    const isHalf = start.lineDigests.length === 0 && start.headBytes < HEAD_BYTES_MAX
    if (whole.kind === 'undecided') throw notToldFrom(path, whole.like)
    if (whole.kind === 'new' && (await this.#isOfLog(start))) return this.#pass(path)
    if (whole.kind === 'known' && (!isHalf || whole.known.done)) {
      this.#checkAlone(path, start, whole.known)
      const { file, done, position } = whole.known
      this.#files.set(path, file)
      if (this.#shipment.known.isOpen(file))
        return this.#leaveCopy(rotated, file, cursor.source.facts?.bytes ?? 0)
      const isRead = done && (cursor.source.facts?.bytes ?? 0) <= position
      if (whole.holds === 'less') return this.#seeLess(rotated, whole.known)
      if (isRead) return this.#see(rotated, file)
    }
    const tail = await Tail.open(this.#shipment, {
      path,
      log: this.#log.path,
      isLive: false,
      isElsewhere: this.#isElsewhere(rotated),
    })
    if (tail === null || !tail.isFile(rotated.facts)) {
      await tail?.close()
      return this.#pass(path)
    }
    this.begun.push(tail)
    await tail.visit(this.#options.signal)
    this.#files.set(path, tail.file ?? '')
  }

  async #readCompressed(rotated: RotatedFile, cursor: ByteCursor, start: Start): Promise<void> {
    const { path } = rotated
    const recognised = await recogniseWhole(this.#shipment, cursor, start, this.#isElsewhere(rotated))
    if (recognised.kind === 'known') this.#checkAlone(path, start, recognised.known)
    if (recognised.kind === 'known' && this.#shipment.known.isOpen(recognised.known.file)) {
      return this.#leaveCopy(rotated, recognised.known.file, await cursor.countBytes())
    }
    if (recognised.kind === 'known' && (await this.#hasRival(rotated, start, recognised.known)))
      throw notToldFrom(path, recognised.known)
    const options = { ...this.#options, path, keptAs: this.#log.path, speaksForSource: false }
    const summary = await shipRecognised(this.#shipment, cursor, start, recognised, options)
    if (summary.lines > 0) this.summaries.push(summary)
    if (!this.#options.signal.aborted) {
      if (recognised.kind === 'known' && recognised.holds === 'less')
        return this.#seeLess(rotated, recognised.known)
      return this.#see(rotated, summary.file ?? '')
    }
    const detail = `${path}: was not read to its end when the shipper was stopped`
    const { version } = rotated.facts
    this.#find({ reason: 'unfinished', path, log: this.#log.path, file: summary.file, detail, version })
  }

  /** Two files of the same few lines may be copies, or two files. */
  #checkAlone(path: string, start: Start, known: FileProgress): void {
    const isTaken = [...this.#files].some(
      ([other, file]) => file === known.file && plainName(other) !== plainName(path),
    )
    if (isTaken && !isCopy(start, known)) throw notToldFrom(path, known)
  }

  /** A copy of a file that is being read: it has nothing that isn't in there, as long as it isn't longer. */
  #leaveCopy({ path, facts }: RotatedFile, file: string, bytes: number): void {
    this.#files.set(path, file)
    this.copiedBytes.set(file, Math.max(bytes, this.copiedBytes.get(file) ?? 0))
    const position = this.#shipment.known.progressOf(file)?.position ?? 0
    if (bytes <= position) return
    const detail = `${path}: holds ${bytes} bytes of a file that was read through byte ${position}`
    this.#find({ reason: 'unfinished', path, log: this.#log.path, file, detail, version: facts.version })
  }

  /** The known one has a file of its own, and neither of the two was compressed from the other. */
  #isElsewhere({ path }: RotatedFile): Candidate['isElsewhere'] {
    const pair = this.#rotated.filter(one => plainName(one.path) === plainName(path))
    const isOfPair = (facts: FileFacts) => pair.some(one => isSamePlace(one.facts, facts))
    return ({ file, place }, facts) =>
      !isSamePlace(place, facts) &&
      (this.#options.current === file ||
        this.#rotated.some(one => !isOfPair(one.facts) && isSamePlace(place, one.facts)) ||
        this.#tails.some(
          tail => !isOfPair(tail.facts) && (tail.file === file || isSamePlace(place, tail.facts)),
        ))
  }

  #open(path: string): Promise<ByteCursor> {
    return ByteCursor.open(() => openFile(this.#shipment.settings.files, path))
  }

  /** A copy of the log, which may end in mid-line: that has to be begun first, so that this is left to it. */
  async #isOfLog(start: Start): Promise<boolean> {
    const log = this.#tails.find(tail => tail.options.isLive)
    if (log === undefined || log.file !== null || log.alike.length > 0) return false
    const begins = await readStartOf(this.#shipment.settings.files, log.options.path)
    return begins !== null && begins.lineDigests.length >= start.lineDigests.length && isCopyOf(start, begins)
  }

  /** Where the rest of the known one is, a copy that ends before it doesn't say. */
  #seeLess(rotated: RotatedFile, { file, done }: FileProgress): void {
    this.#see(rotated, done ? file : '')
  }

  /** Either of two compressed files may be the one that both begin like, as long as that was not read to its end. */
  async #hasRival({ path }: RotatedFile, start: Start, known: FileProgress): Promise<boolean> {
    const isPair = (other: string) => plainName(other) === plainName(path)
    if (known.done || isCopy(start, known)) return false
    if (this.#rotated.some(one => isPair(one.path) && isSamePlace(known.place, one.facts))) return false
    const unbegun = this.#tails.filter(tail => tail.file === null).map(tail => tail.options.path)
    const others = this.#rotated
      .map(one => one.path)
      .filter(other => !isPair(other) && !this.#files.get(other))
    for (const other of new Set([...unbegun, ...others])) {
      const rival = await readStartOf(this.#shipment.settings.files, other)
      if (rival !== null && known.file.startsWith(rival.file) && agree(rival, known)) return true
    }
    return false
  }

  /** Another file has its name by now, or another one is to be begun first: it is looked at once more. */
  #pass(path: string): void {
    this.mustRepeat = true
    this.#files.set(path, '')
  }

  #see({ path, facts }: RotatedFile, file: string): void {
    this.#files.set(path, file)
    this.#looked.set(facts.version, file)
  }

  #find(obstacle: FoundObstacle): void {
    this.found.push(obstacle)
    if (obstacle.file !== null) this.#files.set(obstacle.path, obstacle.file)
  }
}

/** As long as the file stays as it is. */
function isLasting({ reason }: FoundObstacle): boolean {
  return reason === 'damaged' || reason === 'other_compression' || reason === 'other_encoding'
}
