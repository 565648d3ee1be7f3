import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { explainFileError, ShipError } from './ship-error.ts'

const CHUNK_BYTES = 512 * 1024
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])

/** The bytes of a log in order, decompressed. */
export type ByteSource = {
  /** Of the file as it lies on disk; null when it is a stream. */
  readonly bytesTotal: number | null
  readonly modifiedMs: number
  /** Of the file as it lies on disk, hence compressed bytes of a compressed file. */
  bytesRead(): number
  /** The next bytes, or null at the end. A chunk handed out is never written to again. */
  next(): Promise<Buffer | null>
  /** Goes on from that position; null where the content can only be read through. */
  readonly seek: ((position: number) => void) | null
  close(): Promise<void>
}

/** Opens a log file, compressed by gzip or not. Throws ShipError. */
export async function openFile(path: string): Promise<ByteSource> {
  try {
    const handle = await open(path, 'r')
    try {
      return await openHandle(path, handle)
    } catch (error) {
      await handle.close()
      throw error
    }
  } catch (error) {
    throw error instanceof ShipError ? error : explainFileError(path, error)
  }
}

async function openHandle(path: string, handle: FileHandle): Promise<ByteSource> {
  const { size, mtimeMs, isDirectory } = await describe(handle)
  if (isDirectory) throw new ShipError(`${path}: is a directory; expected a log file`)
  const onDisk = { bytesTotal: size, modifiedMs: mtimeMs }
  if (!(await isGzip(handle))) return { ...onDisk, ...plainBytes(path, handle) }
  const raw = handle.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES, autoClose: false })
  return { ...onDisk, ...gunzipBytes(path, raw, () => handle.close()) }
}

async function describe(handle: FileHandle) {
  const stats = await handle.stat()
  return { size: stats.size, mtimeMs: stats.mtimeMs, isDirectory: stats.isDirectory() }
}

export async function isGzip(handle: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
  return bytesRead === 2 && buffer.equals(GZIP_MAGIC)
}

type Bytes = Pick<ByteSource, 'bytesRead' | 'next' | 'seek' | 'close'>

function plainBytes(path: string, handle: FileHandle): Bytes {
  let position = 0
  return {
    bytesRead: () => position,
    seek: to => {
      position = to
    },
    async next() {
      const chunk = await readAt(path, handle, position)
      position += chunk.length
      return chunk.length === 0 ? null : chunk
    },
    close: () => handle.close(),
  }
}

/** What stands at a position of an open file now, at most a chunk of it; empty at its end. */
export async function readAt(path: string, handle: FileHandle, position: number): Promise<Buffer> {
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    throw explainFileError(path, error)
  }
}

/** Several gzip members one after the other are one content, as gzip itself has it. */
function gunzipBytes(path: string, raw: AsyncIterable<Buffer>, close: () => Promise<void>): Bytes {
  let bytesRead = 0
  async function* counted() {
    for await (const chunk of raw) {
      bytesRead += chunk.length
      yield chunk
    }
  }
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  // Its failure also comes out of the iterator, which is where it is dealt with.
  const fed = pipeline(Readable.from(counted()), gunzip).catch(() => undefined)
  const chunks: AsyncIterator<Buffer> = gunzip[Symbol.asyncIterator]()
  return {
    bytesRead: () => bytesRead,
    seek: null,
    async next() {
      try {
        const step = await chunks.next()
        return step.done === true ? null : step.value
      } catch (error) {
        throw explainFileError(path, error)
      }
    },
    async close() {
      gunzip.destroy()
      await fed
      await close()
    },
  }
}

/** Standard input, or any stream; ends at once when `signal` aborts. */
export async function openStream(path: string, stream: Readable, signal: AbortSignal): Promise<ByteSource> {
  const raw = untilAborted(stream, signal)
  const described = { bytesTotal: null, modifiedMs: 0 }
  const close = async () => {
    stream.destroy()
  }
  const head = await readMagic(raw)
  const whole = chain(head, raw)
  if (head.subarray(0, 2).equals(GZIP_MAGIC)) return { ...described, ...gunzipBytes(path, whole, close) }
  let bytesRead = 0
  return {
    ...described,
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
  while (head.length < GZIP_MAGIC.length) {
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
