import type { EventIdentity, SourceMark } from '@forbruk/schemas/event/log-event.ts'

/**
 * Admit lets each identity pass once. What it remembers of a partition is a function of the log alone, so a replay
 * decides the same:
 * - line positions of a file only grow, so the highest one tells every copy, however old;
 * - a request id is a duplicate when the same id occurred, itself admitted or not, within the last `windowSize`
 *   offsets, and not before `rememberedFrom`, which each block sets when it begins.
 */
export class Admission {
  readonly sources: SourceFiles
  /**
   * Where each id occurred last: the newer ids, and those of the window before. Forgetting a whole map at once keeps
   * this cheap; deleting from the front of one would make every look at its front step over the holes.
   */
  private newer = new Map<string, number>()
  private older = new Map<string, number>()
  private newerFromOffset = 0
  /** No id below counts: it was appended too long ago. */
  rememberedFrom = 0
  private windowSize: number

  constructor(windowSize: number, sources: SourceFiles) {
    this.windowSize = windowSize
    this.sources = sources
  }

  /** What the window had forgotten stays forgotten: `rememberedFrom` is to say so. */
  resize(windowSize: number): void {
    this.windowSize = windowSize
  }

  isDuplicate(source: string, identity: EventIdentity, offset: number): boolean {
    switch (identity.kind) {
      case 'position':
        return this.sources.get(source, identity.file).isRepeated(identity.position)
      case 'request_id':
        return this.remember(`${source}\n${identity.id}`, offset)
      case 'none':
        return false
    }
  }

  /** Remembers the id at its newest offset; true when it occurred within the window before. */
  remember(id: string, offset: number): boolean {
    if (offset - this.newerFromOffset > this.windowSize) {
      this.older = this.newer
      this.newer = new Map()
      this.newerFromOffset = offset
    }
    const lastOffset = this.newer.get(id) ?? this.older.get(id)
    this.newer.set(id, offset)
    if (lastOffset === undefined || lastOffset < this.rememberedFrom) return false
    return offset - lastOffset <= this.windowSize
  }
}

/** Every source file that a partition has seen. */
export class SourceFiles {
  private readonly bySource = new Map<string, Map<string, SourceFile>>()

  get(source: string, file: string): SourceFile {
    let files = this.bySource.get(source)
    if (files === undefined) {
      files = new Map()
      this.bySource.set(source, files)
    }
    let progress = files.get(file)
    if (progress === undefined) {
      progress = new SourceFile(source, file)
      files.set(file, progress)
    }
    return progress
  }

  *all(): Iterable<SourceFile> {
    for (const files of this.bySource.values()) yield* files.values()
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
  /** Within the open block. */
  blockEvents = 0
  blockDuplicates = 0
  blockMarks = 0
  /** Changed since it was last written. */
  dirty = false

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
    this.dirty = true
  }

  /**
   * A mark is held against what arrived only when it is ahead of every line: one that comes again after a crash would
   * be compared with lines that it doesn't speak of.
   */
  mark(mark: SourceMark): void {
    if (mark.position > this.highPosition && mark.position >= this.markPosition) {
      this.markPosition = mark.position
      this.markEventsTotal = mark.eventsTotal
      this.eventsAtMark = this.eventsSoFar
    }
    this.throughMs = Math.max(this.throughMs ?? 0, mark.throughMs)
    this.format = mark.format
    this.blockMarks += 1
    this.dirty = true
  }

  startBlock(): void {
    this.blockEvents = 0
    this.blockDuplicates = 0
    this.blockMarks = 0
    this.dirty = false
  }
}
