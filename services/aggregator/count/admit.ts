import { type MarkedObstacles, NO_OBSTACLES, type SourceMark } from '@forbruk/schemas/event/log-event.ts'
import { ScannedRequest, TextRange } from '@forbruk/schemas/wire/scan/scanned-request.ts'
import { spellOrigin } from '@forbruk/schemas/wire/scan/spell-request.ts'
import { ByteTable } from './byte-table.ts'
import { IdWindow } from './id-window.ts'
import { type HeardInstance, hearMark } from './instances.ts'

/**
 * Admit lets each identity pass once. What it remembers of a partition is a function of the log alone, so a replay
 * decides the same:
 * - line positions of a file only grow, so the highest one tells every copy, however old; but not where the stream has
 *   grown, since a file's lines then come from more than one choice of partitions: they are remembered as ids are;
 * - a request id is a duplicate when the same id occurred, itself admitted or not, within the last `windowSize`
 *   offsets, and not before `rememberedFrom`, which each block sets when it begins.
 */
export class Admission {
  readonly sources: SourceFiles
  /** No id below counts: it was appended too long ago. */
  rememberedFrom = 0
  /** Lines from here on are remembered as request ids are. */
  linesInWindowFrom = Number.POSITIVE_INFINITY
  #windowSize: number

  constructor(windowSize: number, sources: SourceFiles) {
    this.#windowSize = windowSize
    this.sources = sources
  }

  /** What the window had forgotten stays forgotten: `rememberedFrom` is to say so. */
  resize(windowSize: number): void {
    this.#windowSize = windowSize
  }

  /** @param file that of the request's source and line */
  isDuplicate(request: ScannedRequest, file: SourceFile, offset: number): boolean {
    switch (request.identity) {
      case 'position':
        if (!this.isInWindow(request.identity, offset)) return file.isRepeated(request.position)
        return this.#rememberLine(file, request.position, offset)
      case 'request_id':
        return this.remember(file, request.texts, request.identityText, offset)
      case 'none':
        return false
    }
  }

  /** Whether an identity at that offset is told by what occurred within the window before. */
  isInWindow(identity: ScannedRequest['identity'], offset: number): boolean {
    return identity === 'request_id' || (identity === 'position' && offset >= this.linesInWindowFrom)
  }

  /** Remembers the request id at its newest offset; true when it occurred within the window before. */
  remember(file: SourceFile, texts: DataView, id: TextRange, offset: number): boolean {
    file.requestIds ??= new IdWindow()
    return this.#isWithin(file.requestIds.remember(texts, id, offset, this.#windowSize), offset)
  }

  #rememberLine(file: SourceFile, position: number, offset: number): boolean {
    file.highPosition = Math.max(file.highPosition, position)
    file.lines ??= new IdWindow()
    spellPosition(position)
    return this.#isWithin(file.lines.remember(POSITION, POSITION_RANGE, offset, this.#windowSize), offset)
  }

  #isWithin(lastOffset: number | null, offset: number): boolean {
    return lastOffset !== null && lastOffset >= Math.max(this.rememberedFrom, offset - this.#windowSize)
  }
}

/** The position at hand, by its bytes. */
const POSITION = new DataView(new ArrayBuffer(8))
const POSITION_RANGE = new TextRange()
const WORD = 2 ** 32

function spellPosition(position: number): void {
  POSITION.setFloat64(0, position, true)
  const hash = Math.imul(position ^ Math.imul(Math.floor(position / WORD), 0x85ebca6b), 0x9e3779b1)
  POSITION_RANGE.set(0, POSITION.byteLength, hash ^ (hash >>> 15))
}

/** Every source file that a partition has seen. */
export class SourceFiles {
  readonly #names = new ByteTable()
  /** By the number of the source's name. */
  readonly #bySource: FilesOfSource[] = []
  readonly #spelled = new ScannedRequest()

  get(source: string, file: string): SourceFile {
    spellOrigin({ source, identity: { kind: 'position', file, position: 0 } }, this.#spelled)
    return this.of(this.#spelled)
  }

  /** The file of the request's source and line; the one without a name where it has no line. */
  of(request: ScannedRequest): SourceFile {
    const known = this.#names.size
    const number = this.#names.add(request.texts, request.source)
    if (number === known) this.#bySource.push(new FilesOfSource(this.#names.text(number)))
    const files = this.#bySource[number]
    if (files === undefined) throw new RangeError(`source number ${number} of ${known} has no files`)
    return request.identity === 'position' ? files.named(request.texts, request.identityText) : files.unnamed
  }

  /** Through which time any file of the source was marked; null before the first mark. */
  throughOf(source: string): number | null {
    const unnamed = this.get(source, '')
    const files = this.#bySource.find(files => files.unnamed === unnamed)
    const throughs = [...(files?.all() ?? [])].flatMap(({ throughMs }) => throughMs ?? [])
    return throughs.length === 0 ? null : Math.max(...throughs)
  }

  /** Those of which something came since the last call. */
  takeChanged(): SourceFile[] {
    const changed = [...this.#all()].filter(file => file.isChanged)
    for (const file of changed) file.isChanged = false
    return changed
  }

  startBlock(): void {
    for (const file of this.#all()) file.startBlock()
  }

  *#all(): Iterable<SourceFile> {
    for (const files of this.#bySource) yield* files.all()
  }
}

class FilesOfSource {
  readonly #source: string
  readonly #names = new ByteTable()
  /** By the number of the file's name. */
  readonly #files: SourceFile[] = []
  readonly unnamed: SourceFile

  constructor(source: string) {
    this.#source = source
    this.unnamed = new SourceFile(source, '')
  }

  named(texts: DataView, name: TextRange): SourceFile {
    if (name.start === name.end) return this.unnamed
    const number = this.#names.add(texts, name)
    const known = this.#files[number]
    if (known !== undefined) return known
    const file = new SourceFile(this.#source, this.#names.text(number))
    this.#files.push(file)
    return file
  }

  *all(): Iterable<SourceFile> {
    yield this.unnamed
    yield* this.#files
  }
}

/** What a partition has seen of one source's file; `file` is empty for a gateway that sends by itself. */
export class SourceFile {
  readonly source: string
  readonly file: string
  highPosition = -1
  /** Counted or rejected, each once, since the stream's first offset. */
  eventsSoFar = 0
  markPosition = 0
  markEventsTotal = 0
  eventsAtMark = 0
  throughMs: number | null = null
  format = ''
  /** Of the source: known by its file without a name. Of one whose shippers say who they are, each has its own. */
  obstacles: MarkedObstacles = NO_OBSTACLES
  /** Who vouches for the source: known by its file without a name. Empty where no mark says who gave it. */
  instances: readonly HeardInstance[] = []
  /** Those that came without a line position; null before the first. */
  requestIds: IdWindow | null = null
  /** Those of the file that came since the stream grew; null before the first. */
  lines: IdWindow | null = null
  /** Within the open block. */
  blockEvents = 0
  blockDuplicates = 0
  blockMarks = 0
  /** Since it was last taken. */
  isChanged = false

  constructor(source: string, file: string) {
    this.source = source
    this.file = file
  }

  isRepeated(position: number): boolean {
    if (position <= this.highPosition) return true
    this.highPosition = position
    return false
  }

  count(duplicate: boolean): void {
    if (duplicate) this.blockDuplicates += 1
    else {
      this.blockEvents += 1
      this.eventsSoFar += 1
    }
    this.isChanged = true
  }

  /**
   * A mark is held against what arrived only when it is ahead of every line: one that comes again after a crash would
   * be compared with lines that it doesn't speak of.
   */
  mark(mark: SourceMark): void {
    if (this.file !== '' && mark.position > this.highPosition && mark.position >= this.markPosition) {
      this.markPosition = mark.position
      this.markEventsTotal = mark.eventsTotal
      this.eventsAtMark = this.eventsSoFar
    }
    this.throughMs = Math.max(this.throughMs ?? 0, mark.throughMs)
    this.format = mark.format
    this.blockMarks += 1
    this.isChanged = true
  }

  /**
   * A mark of the source, of whichever file. What the newest one of a shipper says stands in its way holds; the ones
   * before say nothing any more.
   * @param throughMs of the source before, by any file
   */
  hear(mark: SourceMark, appendTimeMs: number, throughMs: number | null): void {
    const { obstacles } = this
    const instances = hearMark(this.instances, mark, appendTimeMs, { throughMs, obstacles })
    const told = instances.length > 0 ? NO_OBSTACLES : (mark.obstacles ?? NO_OBSTACLES)
    if (instances === this.instances && told.total === 0 && obstacles.total === 0) return
    this.instances = instances
    this.obstacles = told
    this.isChanged = true
  }

  startBlock(): void {
    this.blockEvents = 0
    this.blockDuplicates = 0
    this.blockMarks = 0
    this.isChanged = false
  }
}
