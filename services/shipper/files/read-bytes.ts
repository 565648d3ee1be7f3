import type { Readable } from 'node:stream'
import { findOtherEncoding } from '@forbruk/schemas/text/find-encoding.ts'
import { damaged, explainFileError, FileError, ShipError } from '../obstacles/ship-error.ts'
import {
  type Compression,
  decompress,
  isRead,
  MAGIC_BYTES,
  type OtherCompression,
  recogniseCompression,
} from './decompress.ts'
import type { FileFacts, LogFiles, OpenLogFile } from './log-files.ts'
import { isCompressedName } from './rotated-name.ts'

const CHUNK_BYTES = 512 * 1024

/** The bytes of a log in order, decompressed. */
export type ByteSource = {
  /** As the file lies on disk; null when it is a stream. */
  readonly facts: FileFacts | null
  /** Null when it isn't compressed. */
  readonly compression: Compression | null
  /** Of the file as it lies on disk, hence compressed bytes of a compressed file. */
  bytesRead(): number
  /** The next bytes, or null at the end. A chunk handed out is never written to again. */
  next(): Promise<Buffer | null>
  /** Goes on from that position; null where the content can only be read through. */
  readonly seek: ((position: number) => void) | null
  close(): Promise<void>
}

/** Opens a log file, compressed by gzip or Zstandard or not at all. Throws ShipError. */
export async function openFile(files: LogFiles, path: string): Promise<ByteSource> {
  const file = await openForReading(files, path)
  try {
    const facts = await file.facts()
    if (facts.kind === 'directory') throw new ShipError(`${path}: is a directory; expected a log file`)
    const start = await file.read(0, MAGIC_BYTES)
    const compression = recogniseCompression(start)
    if (compression === null && start.length < MAGIC_BYTES && isCompressedName(path))
      throw damaged(path, 'only begun')
    refuseOtherEncoding(path, start)
    if (compression === null) return { facts, compression, ...plainBytes(path, file) }
    if (!isRead(compression)) throw otherCompression(path, compression)
    return {
      facts,
      compression,
      ...compressedBytes(path, compression, rawBytes(path, file), () => file.close()),
    }
  } catch (error) {
    await file.close()
    throw error instanceof ShipError ? error : explainFileError(path, error)
  }
}

export async function openForReading(files: LogFiles, path: string): Promise<OpenLogFile> {
  try {
    return await files.open(path)
  } catch (error) {
    throw explainFileError(path, error)
  }
}

/** What can't be read must not pass for text. */
function otherCompression(path: string, compression: OtherCompression): FileError {
  return new FileError(
    'other_compression',
    `${path}: is compressed by ${compression}, which is not read; expected text, gzip or Zstandard. Decompress it, ` +
      'and ship what comes out',
  )
}

/** Its line ends are two bytes or four, so that nothing of it is a line. */
function refuseOtherEncoding(path: string, start: Buffer): void {
  const encoding = findOtherEncoding(start)
  if (encoding === null) return
  throw new FileError(
    'other_encoding',
    `${path}: is ${encoding}, of which nothing was read; expected UTF-8. Have its program write UTF-8; or convert it ` +
      `(iconv -f ${encoding} -t UTF-8), and ship what comes out`,
  )
}

type Bytes = Pick<ByteSource, 'bytesRead' | 'next' | 'seek' | 'close'>

function plainBytes(path: string, file: OpenLogFile): Bytes {
  let position = 0
  return {
    bytesRead: () => position,
    seek: to => {
      position = to
    },
    async next() {
      const chunk = await readAt(path, file, position)
      position += chunk.length
      return chunk.length === 0 ? null : chunk
    },
    close: () => file.close(),
  }
}

/** What stands at a position of an open file now, at most a chunk of it; empty at its end. */
export async function readAt(path: string, file: OpenLogFile, position: number): Promise<Buffer> {
  const chunk = await file.read(position, CHUNK_BYTES).catch((error: unknown) => {
    throw explainFileError(path, error)
  })
  if (position === 0) refuseOtherEncoding(path, chunk)
  return chunk
}

async function* rawBytes(path: string, file: OpenLogFile): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const chunk = await readAt(path, file, position)
    if (chunk.length === 0) return
    position += chunk.length
    yield chunk
  }
}

function compressedBytes(
  path: string,
  compression: Compression,
  raw: AsyncIterable<Buffer>,
  close: () => Promise<void>,
): Bytes {
  let bytesRead = 0
  async function* counted() {
    for await (const chunk of raw) {
      bytesRead += chunk.length
      yield chunk
    }
  }
  const chunks = decompress(compression, counted())
  let isBegun = false
  return {
    bytesRead: () => bytesRead,
    seek: null,
    async next() {
      try {
        const step = await chunks.next()
        if (!isBegun && step.done !== true) refuseOtherEncoding(path, step.value)
        isBegun = true
        return step.done === true ? null : step.value
      } catch (error) {
        throw error instanceof ShipError ? error : explainFileError(path, error)
      }
    },
    async close() {
      await chunks.return()
      await close()
    },
  }
}

/** Standard input, or any stream; ends at once when `signal` aborts. */
export async function openStream(path: string, stream: Readable, signal: AbortSignal): Promise<ByteSource> {
  const raw = untilAborted(stream, signal)
  const close = async () => {
    stream.destroy()
  }
  const head = await readMagic(raw)
  const whole = chain(head, raw)
  const compression = recogniseCompression(head)
  if (compression !== null) {
    if (!isRead(compression)) throw otherCompression(path, compression)
    return { facts: null, compression, ...compressedBytes(path, compression, whole, close) }
  }
  refuseOtherEncoding(path, head)
  let bytesRead = 0
  return {
    facts: null,
    compression,
    seek: null,
    bytesRead: () => bytesRead,
    async next() {
      const step = await whole.next().catch((error: unknown) => {
        throw explainFileError(path, error)
      })
      if (step.done === true) return null
      bytesRead += step.value.length
      return step.value
    },
    close,
  }
}

async function* untilAborted(stream: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  const aborted = new Promise<null>(resolve => {
    if (signal.aborted) resolve(null)
    signal.addEventListener('abort', () => resolve(null), { once: true })
  })
  const chunks: AsyncIterator<Buffer | string> = stream[Symbol.asyncIterator]()
  for (;;) {
    const step = await Promise.race([chunks.next(), aborted])
    if (step === null || step.done === true) return
    yield Buffer.from(step.value)
  }
}

async function readMagic(raw: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0)
  while (head.length < MAGIC_BYTES) {
    const step = await raw.next()
    if (step.done === true) break
    head = Buffer.concat([head, step.value])
  }
  return head
}

async function* chain(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head
  yield* rest
}
