import type { LogFiles } from '../files/log-files.ts'
import { type ByteSource, openFile } from '../files/read-bytes.ts'
import { FileError } from '../obstacles/ship-error.ts'
import type { FileProgress, LastLine } from '../progress/file-progress.ts'
import {
  digestOf,
  HEAD_BYTES_MAX,
  readStart,
  START_LINES_MAX,
  type Start,
} from '../progress/identify-file.ts'
import type { Holding } from './recognise-file.ts'

/** A byte source that can be looked at before it is read, read from a position, and begun again. */
export class ByteCursor {
  readonly #open: () => Promise<ByteSource>
  source: ByteSource
  #ahead: Buffer[] = []
  #position = 0
  #failure: unknown = null

  constructor(open: () => Promise<ByteSource>, source: ByteSource) {
    this.#open = open
    this.source = source
  }

  /** `open` is called again to go back; for a stream, which can't, it is to throw then. */
  static async open(open: () => Promise<ByteSource>): Promise<ByteCursor> {
    return new ByteCursor(open, await open())
  }

  close(): Promise<void> {
    return this.source.close()
  }

  async next(): Promise<Buffer | null> {
    const ahead = this.#ahead.shift()
    if (ahead === undefined && this.#failure !== null) throw this.#failure
    const chunk = ahead ?? (await this.source.next())
    this.#position += chunk?.length ?? 0
    return chunk
  }

  /** Looks at the content's start, of a stream no further than its first line; null when there is nothing in it. */
  async identify(): Promise<Start | null> {
    let head = Buffer.alloc(0)
    for (;;) {
      const chunk = await this.#peek(head.length > 0)
      if (chunk !== null) this.#ahead.push(chunk)
      if (chunk !== null) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES_MAX)])
      const start = readStart(head, chunk === null && this.#failure === null)
      if (start === null && this.#failure !== null) throw this.#failure
      if (chunk === null || (start !== null && this.#isEnough(start, head))) return start
    }
  }

  /** What is damaged further on begins well: the failure is met again when it is read. */
  async #peek(hasBegun: boolean): Promise<Buffer | null> {
    try {
      return await this.source.next()
    } catch (error) {
      if (!hasBegun) throw error
      this.#failure = error
      return null
    }
  }

  #isEnough(start: Start, head: Buffer): boolean {
    if (this.source.facts === null) return true
    return start.lineDigests.length >= START_LINES_MAX || head.length >= HEAD_BYTES_MAX
  }

  /** Whether the last line shipped of a known file stands here as it did. Moves behind it. */
  async holds({ lastLine }: FileProgress): Promise<Holding> {
    if (lastLine === null) return 'all'
    if (this.#position > lastLine.position) await this.rewind()
    await this.skipTo(lastLine.position)
    return judgeLine(await this.#take(lastLine.bytes), lastLine)
  }

  async rewind(): Promise<void> {
    if (this.#position === 0) return
    if (this.source.seek !== null) return this.#seek(this.source.seek, 0)
    await this.source.close()
    this.source = await this.#open()
    this.#ahead = []
    this.#position = 0
    this.#failure = null
  }

  /** Reads what is left, and lets it go. Answers how long the content is. */
  async countBytes(): Promise<number> {
    while ((await this.next()) !== null);
    return this.#position
  }

  /** Answers false when the content ends before. */
  async skipTo(position: number): Promise<boolean> {
    const { seek } = this.source
    if (seek !== null) {
      this.#seek(seek, position)
      return true
    }
    if (this.#position > position) await this.rewind()
    while (this.#position < position) {
      const chunk = await this.next()
      if (chunk === null) return false
      if (this.#position > position) this.#putBack(chunk.subarray(chunk.length - (this.#position - position)))
    }
    return true
  }

  #seek(seek: (position: number) => void, position: number): void {
    this.#ahead = []
    this.#position = position
    seek(position)
  }

  async #take(bytes: number): Promise<Buffer> {
    const parts: Buffer[] = []
    let missing = bytes
    while (missing > 0) {
      const chunk = await this.next()
      if (chunk === null) break
      if (chunk.length > missing) this.#putBack(chunk.subarray(missing))
      parts.push(chunk.subarray(0, missing))
      missing -= Math.min(missing, chunk.length)
    }
    return Buffer.concat(parts)
  }

  #putBack(chunk: Buffer): void {
    this.#ahead.unshift(chunk)
    this.#position -= chunk.length
  }
}

/** How a file begins; null when there is nothing in it, or it can't be read. */
export async function readStartOf(files: LogFiles, path: string): Promise<Start | null> {
  try {
    const cursor = await ByteCursor.open(() => openFile(files, path))
    return await cursor.identify().finally(() => cursor.close())
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return null
  }
}

/** @param found what stands in its place, shorter at the end of the content */
export function judgeLine(found: Buffer, { bytes, digest }: LastLine): Holding {
  if (found.length < bytes) return 'less'
  return digestOf(found) === digest ? 'all' : 'other'
}
