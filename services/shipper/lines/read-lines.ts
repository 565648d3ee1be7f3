export const LINE_BYTES_MAX = 1024 * 1024
/** Of a line that is too long: enough for an excerpt. */
export const LINE_START_BYTES = 4096

const NEWLINE = 0x0a
const NUL = 0x00

export type Line = {
  /** Where it starts in the decompressed content. */
  readonly position: number
  /** Without its newline. */
  readonly lineBytes: number
  /** The whole line, without its newline; of a line that is too long, its start. */
  readonly bytes: Buffer
  readonly oversized: boolean
  /** False for a last line without a newline, for one that ends at a hole, and for the hole itself. */
  readonly terminated: boolean
}

/** Where the next line starts. */
export function endOf(line: Line): number {
  return line.position + line.lineBytes + (line.terminated ? 1 : 0)
}

/**
 * Cuts chunks of bytes into lines: `push` a chunk, then ask `next` until it answers null. Holds at most one chunk and
 * one line of at most 1 MiB; of a longer line it keeps the start and the length.
 *
 * NULs are a hole: a file was cut to nothing under a writer that went on, or the power failed. Of any size, a hole is a
 * line without bytes, so that it takes neither what stands before it nor what follows.
 */
export class LineSplitter {
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0
  /** Where the line that is being read starts in the content. */
  #position: number
  /** What earlier chunks hold of that line, as long as it isn't too long. */
  #held: Buffer[] = []
  #heldBytes = 0
  /** Of a hole, as far as it has been passed. */
  #holeBytes = 0
  /** Where the chunk's next NUL is; its length when there is none. Below `#at`: not looked for yet. */
  #nul = -1
  /** The start of a line that has become too long. */
  #oversizedStart: Buffer | null = null

  constructor(position: number) {
    this.#position = position
  }

  /** Bytes of a line whose newline has not come yet. */
  get partialBytes(): number {
    return this.#heldBytes + this.#holeBytes
  }

  push(chunk: Buffer): void {
    if (this.#at < this.#chunk.length) throw new Error('a chunk was pushed before the last one was read out')
    this.#chunk = chunk
    this.#at = 0
    this.#nul = -1
  }

  next(): Line | null {
    const nul = this.#findNul()
    if (this.#holeBytes > 0 || (this.#heldBytes === 0 && nul === this.#at)) return this.#passHole()
    const newline = this.#chunk.indexOf(NEWLINE, this.#at)
    if (nul < (newline === -1 ? this.#chunk.length : newline)) {
      const part = this.#chunk.subarray(this.#at, nul)
      this.#at = nul
      return this.#finish(part, false)
    }
    if (newline === -1) {
      this.#hold(this.#chunk.subarray(this.#at))
      this.#chunk = this.#chunk.subarray(this.#chunk.length)
      this.#at = 0
      return null
    }
    const part = this.#chunk.subarray(this.#at, newline)
    this.#at = newline + 1
    return this.#finish(part, true)
  }

  /** What stands after the last newline, once there is no more to come; null when there is nothing. */
  end(): Line | null {
    if (this.#holeBytes > 0) return this.#finishHole()
    return this.#heldBytes === 0 ? null : this.#finish(Buffer.alloc(0), false)
  }

  #findNul(): number {
    if (this.#nul < this.#at) {
      const found = this.#chunk.indexOf(NUL, this.#at)
      this.#nul = found === -1 ? this.#chunk.length : found
    }
    return this.#nul
  }

  /** Null when the hole may go on in the next chunk. */
  #passHole(): Line | null {
    let end = this.#at
    while (end < this.#chunk.length && this.#chunk[end] === NUL) end += 1
    this.#holeBytes += end - this.#at
    this.#at = end
    return end === this.#chunk.length ? null : this.#finishHole()
  }

  #finishHole(): Line {
    const lineBytes = this.#holeBytes
    const hole = {
      position: this.#position,
      lineBytes,
      bytes: Buffer.alloc(0),
      oversized: false,
      terminated: false,
    }
    this.#position = endOf(hole)
    this.#holeBytes = 0
    return hole
  }

  #hold(part: Buffer): void {
    if (part.length === 0) return
    this.#heldBytes += part.length
    if (this.#oversizedStart !== null) return
    this.#held.push(part)
    if (this.#heldBytes > LINE_BYTES_MAX) {
      this.#oversizedStart = Buffer.from(Buffer.concat(this.#held).subarray(0, LINE_START_BYTES))
      this.#held = []
    }
  }

  #finish(part: Buffer, terminated: boolean): Line {
    const lineBytes = this.#heldBytes + part.length
    const oversized = lineBytes > LINE_BYTES_MAX
    const line = {
      position: this.#position,
      lineBytes,
      bytes: this.#join(part, oversized),
      oversized,
      terminated,
    }
    this.#position = endOf(line)
    this.#held = []
    this.#heldBytes = 0
    this.#oversizedStart = null
    return line
  }

  #join(part: Buffer, oversized: boolean): Buffer {
    if (this.#oversizedStart !== null) return this.#oversizedStart
    const whole = this.#held.length === 0 ? part : Buffer.concat([...this.#held, part])
    return oversized ? whole.subarray(0, LINE_START_BYTES) : whole
  }
}
