import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib'

const OUTPUT_BYTES = 64 * 1024
/** What is fed at once: it may come out a thousand times as long, and is held until it is taken. */
const INPUT_BYTES = 8 * 1024

export type Compression = 'gzip' | 'zstd'
/** Known by their first bytes, so that they are never taken for text. */
export type OtherCompression = 'xz' | 'bzip2' | 'lz4' | 'lzip' | 'compress' | 'zip' | '7z'

const MAGIC: readonly (readonly [Compression | OtherCompression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['lzip', [0x4c, 0x5a, 0x49, 0x50, 0x01]],
  ['compress', [0x1f, 0x9d]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf]],
]
export const MAGIC_BYTES = 5

/** How a content is compressed, by its first bytes; null when it isn't. */
export function recogniseCompression(start: Buffer): Compression | OtherCompression | null {
  const found = MAGIC.find(
    ([, bytes]) => start.length >= bytes.length && bytes.every((byte, index) => start[index] === byte),
  )
  return found === undefined ? null : found[0]
}

export function isRead(compression: Compression | OtherCompression): compression is Compression {
  return compression === 'gzip' || compression === 'zstd'
}

/**
 * The content of compressed bytes, also of several members or frames one after the other. Reads on only when it is
 * asked to. Throws zlib's error where the data is damaged or ends too early.
 */
export async function* decompress(compression: Compression, raw: AsyncIterable<Buffer>) {
  const decoder = new Decoder(compression)
  try {
    for await (const chunk of raw) {
      for (let at = 0; at < chunk.length; at += INPUT_BYTES) {
        yield* await decoder.feed(chunk.subarray(at, at + INPUT_BYTES))
      }
    }
    yield* await decoder.end()
  } finally {
    decoder.close()
  }
}

/** zlib's streams, one input at a time: what comes out depends on nothing but what went in. */
class Decoder {
  readonly #compression: Compression
  #stream: Gunzip | ZstdDecompress
  #failed: Promise<never>
  #output: Buffer[] = []

  constructor(compression: Compression) {
    this.#compression = compression
    this.#stream = this.#open()
    this.#failed = this.#failure()
  }

  async feed(input: Buffer): Promise<Buffer[]> {
    for (let rest = input; rest.length > 0; ) {
      const before = this.#stream.bytesWritten
      const written = new Promise<void>(resolve => this.#stream.write(rest, () => resolve()))
      await Promise.race([this.#failed, written])
      rest = rest.subarray(this.#stream.bytesWritten - before)
      if (rest.length > 0) await this.#goOn()
    }
    return this.#take()
  }

  /** A stream of zlib ends, without a word, where a frame ends in mid-write: what is behind it needs another. */
  async #goOn(): Promise<void> {
    const output = await this.end()
    this.#output = output
    this.close()
    this.#stream = this.#open()
    this.#failed = this.#failure()
  }

  async end(): Promise<Buffer[]> {
    this.#drain()
    if (!this.#stream.readableEnded) {
      const ended = new Promise<void>(resolve => this.#stream.once('end', resolve))
      this.#stream.end()
      await Promise.race([this.#failed, ended])
    }
    return this.#take()
  }

  close(): void {
    this.#stream.destroy()
  }

  #open(): Gunzip | ZstdDecompress {
    const options = { chunkSize: OUTPUT_BYTES }
    const stream = this.#compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options)
    return stream.on('readable', () => this.#drain())
  }

  #failure(): Promise<never> {
    const failed = new Promise<never>((_, reject) => this.#stream.on('error', reject))
    failed.catch(() => undefined)
    return failed
  }

  #take(): Buffer[] {
    this.#drain()
    const output = this.#output
    this.#output = []
    return output
  }

  #drain(): void {
    for (let chunk = this.#stream.read(); chunk !== null; chunk = this.#stream.read())
      this.#output.push(chunk)
  }
}
