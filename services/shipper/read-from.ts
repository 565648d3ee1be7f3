import type { FileProgress } from './file-progress.ts'
import { digestOf, HEAD_BYTES_MAX, type Head, identifyFile } from './identify-file.ts'
import type { ByteSource } from './read-bytes.ts'
import { ShipError } from './ship-error.ts'

/** A byte source that can be looked at before it is read, and read from a position. */
export class ByteCursor {
  readonly source: ByteSource
  #ahead: Buffer[] = []
  #position = 0

  constructor(source: ByteSource) {
    this.source = source
  }

  async next(): Promise<Buffer | null> {
    const chunk = this.#ahead.shift() ?? (await this.source.next())
    this.#position += chunk?.length ?? 0
    return chunk
  }

  /** Looks at the start of the content; null when there is nothing in it. */
  async identify(): Promise<Head | null> {
    let start = Buffer.alloc(0)
    for (;;) {
      const chunk = await this.source.next()
      if (chunk !== null) this.#ahead.push(chunk)
      if (chunk !== null) start = Buffer.concat([start, chunk.subarray(0, HEAD_BYTES_MAX)])
      const head = identifyFile(start, chunk === null)
      if (head !== null || chunk === null) return head
    }
  }

  /**
   * Moves to where shipping stopped, past the last line shipped, which must stand there as it did. Answers false when
   * the content ends before: it is an earlier copy, with nothing new in it. Throws ShipError when it goes on otherwise.
   */
  async resume(path: string, progress: FileProgress): Promise<boolean> {
    const { lastLine } = progress
    if (lastLine !== null) {
      await this.#skipTo(lastLine.position)
      const found = await this.#take(lastLine.bytes)
      if (found.length < lastLine.bytes) return false
      if (digestOf(found) !== lastLine.digest) throw otherContent(path, progress)
    }
    return this.#skipTo(progress.position)
  }

  async #skipTo(position: number): Promise<boolean> {
    const { seek } = this.source
    if (seek !== null) {
      this.#ahead = []
      this.#position = position
      seek(position)
      return true
    }
    while (this.#position < position) {
      const chunk = await this.next()
      if (chunk === null) return false
      if (this.#position > position) this.#putBack(chunk.subarray(chunk.length - (this.#position - position)))
    }
    return true
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

export function otherContent(path: string, progress: FileProgress): ShipError {
  return new ShipError(
    `${path}: begins with the same line as ${progress.path}, which was shipped through byte ${progress.position}, ` +
      `but differs at byte ${progress.lastLine?.position}; ` +
      'if they are logs of two gateways, give each its own source name',
  )
}
