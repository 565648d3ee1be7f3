import type { EventLog, LogRecord } from '@forbruk/infra/log/event-log.ts'
import type { MarkedObstacle, SourceMark } from '@forbruk/schemas/event/log-event.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'

/** How far a file of the source has come, by what stands in the log. */
export type Recovered = {
  /** Everything that stands below it was appended; 0 when nothing was. */
  readonly next: number
  /** Events and rejected lines in each partition of the log, each counted once. */
  readonly partitionCounts: readonly number[]
  /** It was marked before: so it was read from there on, be it that it was empty. */
  readonly isMarked: boolean
  /** How far each other source marked it, but those that say that the topic was made anew. */
  readonly others: ReadonlyMap<string, number>
}

export type ReadableLog = Pick<EventLog, 'topic' | 'partitionCount' | 'bounds' | 'read'>

/** Marks come more often, while a source gets on. */
const HALT_LOOK = 400_000
/** From the end of a partition, the next one only where the one before held no mark of a file. */
const LOOKS = [20_000, 400_000, 8_000_000, Number.POSITIVE_INFINITY]

/**
 * Finds in the log itself how far a source has been taken in. What was appended was appended whole, so the highest
 * position of a file in any partition is how far it has come. To be asked once nobody else appends any more.
 */
export async function recover(
  log: ReadableLog,
  source: string,
  files: readonly string[],
): Promise<ReadonlyMap<string, Recovered>> {
  const partitions = Array.from({ length: log.partitionCount }, (_, partition) => partition)
  const tails = await Promise.all(partitions.map(partition => readTail(log, partition, source, files)))
  const remade = new Set(tails.flatMap(tail => [...tail.remade]))
  return new Map(
    files.map(file => {
      const ofFile = tails.map(tail => tail.of(file))
      return [
        file,
        {
          next: Math.max(...ofFile.map(({ next }) => next)),
          partitionCounts: ofFile.map(({ events }) => events),
          isMarked: ofFile.some(({ isMarked }) => isMarked),
          others: mergeOthers(
            tails.map(tail => tail.othersOf(file)),
            remade,
          ),
        },
      ]
    }),
  )
}

function mergeOthers(
  each: readonly ReadonlyMap<string, number>[],
  remade: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const merged = new Map<string, number>()
  for (const [source, next] of each.flatMap(others => [...others]))
    if (!remade.has(source)) merged.set(source, Math.max(merged.get(source) ?? 0, next))
  return merged
}

/**
 * What the source's newest mark in the log's first partition names; null where there is none near the end, so that
 * nobody knows of the source, or has heard of it for long.
 */
export async function findObstacles(
  log: ReadableLog,
  source: string,
): Promise<readonly MarkedObstacle[] | null> {
  const { startOffset, endOffset } = await log.bounds(0)
  const fromOffset = Math.max(startOffset, endOffset - HALT_LOOK)
  let found: readonly MarkedObstacle[] | null = null
  if (fromOffset === endOffset) return found
  for await (const { records } of log.read(0, fromOffset, endOffset)) {
    for (const event of records.flatMap(({ value }) => decodeRecord(value)))
      if (event.kind === 'mark' && event.source === source) found = event.obstacles?.listed ?? []
  }
  return found
}

async function readTail(
  log: ReadableLog,
  partition: number,
  source: string,
  files: readonly string[],
): Promise<Tail> {
  const { startOffset, endOffset } = await log.bounds(partition)
  let tail = new Tail(source, files)
  for (const look of LOOKS) {
    const fromOffset = Math.max(startOffset, endOffset - look)
    tail = new Tail(source, files)
    if (fromOffset === endOffset) break
    for await (const { records } of log.read(partition, fromOffset, endOffset)) {
      for (const record of records) tail.fold(record)
    }
    if (fromOffset === startOffset || files.every(file => tail.of(file).isMarked)) break
  }
  return tail
}

const NOTHING = { next: 0, events: 0, isMarked: false }

/** What a partition of the log has of a source, from some offset on. */
class Tail {
  readonly #source: string
  readonly #files = new Map<string, typeof NOTHING>()
  readonly #others: ReadonlyMap<string, Map<string, number>>
  /** Other sources that say so of their topic. */
  readonly remade = new Set<string>()

  constructor(source: string, files: readonly string[]) {
    this.#source = source
    this.#others = new Map(files.map(file => [file, new Map()]))
  }

  /** How far other sources marked a file. */
  othersOf(file: string): ReadonlyMap<string, number> {
    return this.#others.get(file) ?? new Map()
  }

  of(file: string): Readonly<typeof NOTHING> {
    return this.#files.get(file) ?? NOTHING
  }

  fold({ value }: LogRecord): void {
    for (const event of decodeRecord(value)) {
      switch (event.kind) {
        case 'mark':
          if (event.source === this.#source) this.#mark(event.file, event.position, event.eventsTotal)
          else this.#noteOther(event)
          break
        case 'request':
          if (event.source === this.#source && event.identity.kind === 'position')
            this.#count(event.identity.file, event.identity.position)
          break
        case 'rejected_line':
          if (event.source === this.#source) this.#count(event.file, event.position)
          break
        case 'undecodable':
          if (event.origin?.source === this.#source && event.origin.identity.kind === 'position')
            this.#count(event.origin.identity.file, event.origin.identity.position)
          break
        case 'stream_version':
        case 'stream_limits':
        case 'stream_growth':
        case 'signed':
          break
      }
    }
  }

  #noteOther({ source, file, position, obstacles }: SourceMark): void {
    if (obstacles?.listed.some(({ reason }) => reason === 'topic_remade') === true) this.remade.add(source)
    const others = this.#others.get(file)
    others?.set(source, Math.max(others.get(source) ?? 0, position))
  }

  #mark(file: string, position: number, eventsTotal: number): void {
    const before = this.of(file)
    if (position < before.next) return
    this.#files.set(file, { next: position, events: eventsTotal, isMarked: true })
  }

  /** As the aggregator does: what isn't above the highest position is a copy. */
  #count(file: string, position: number): void {
    const before = this.of(file)
    if (position < before.next) return
    this.#files.set(file, { ...before, next: position + 1, events: before.events + 1 })
  }
}
