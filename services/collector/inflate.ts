import { constants, gunzip, type ZlibOptions, type ZstdOptions, zstdDecompress } from 'node:zlib'
import { malformed } from './refusal.ts'

/** A frame may ask for as much memory as its window: 8 MiB, as RFC 8878 wants every decoder to give. */
const ZSTD_WINDOW_BITS_MAX = 23
/** Senders write one. */
const FRAMES_MAX = 100

const ENCODINGS = ['identity', 'gzip', 'zstd'] as const
type Encoding = (typeof ENCODINGS)[number]

/** How a body is compressed, by its Content-Encoding. Throws RefusedError for what isn't known. */
export function readEncoding(header: string | undefined): Encoding {
  const name = (header ?? 'identity').trim().toLowerCase()
  const encoding = ENCODINGS.find(known => known === name)
  if (encoding !== undefined) return encoding
  throw malformed(415, 'the Content-Encoding is not known here; expected gzip, zstd or none, and one alone')
}

/**
 * The body as it was before it was compressed. Throws RefusedError for what is damaged, or comes to more than
 * `bytesMax`: it is inflated no further than that.
 */
export async function inflate(body: Buffer, encoding: Encoding, bytesMax: number): Promise<Buffer> {
  if (encoding === 'identity') return body
  const frames: Buffer[] = []
  let bytesLeft = bytesMax
  // zlib takes all of gzip's members, and of zstd's frames the first, without a word about those behind it.
  for (let rest = body; rest.length > 0 || frames.length === 0; ) {
    if (frames.length === FRAMES_MAX) throw malformed(400, `the body is of more than ${FRAMES_MAX} frames`)
    const { content, bytesRead } = await inflateFrame(rest, encoding, bytesLeft).catch(error => {
      if (error.code === 'ERR_BUFFER_TOO_LARGE') {
        throw malformed(413, `the body inflates to more than ${bytesMax} bytes`)
      }
      throw malformed(400, `the body is no whole ${encoding}`)
    })
    frames.push(content)
    bytesLeft -= content.length
    rest = rest.subarray(bytesRead)
  }
  return Buffer.concat(frames)
}

type Frame = { readonly content: Buffer; readonly bytesRead: number }
type Inflated = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } }

function inflateFrame(body: Buffer, encoding: 'gzip' | 'zstd', bytesMax: number): Promise<Frame> {
  // There has to be room for one, and what comes out of nothing left is too much by it.
  const options = { info: true, maxOutputLength: Math.max(1, bytesMax) } satisfies ZlibOptions & ZstdOptions
  const params = { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_BITS_MAX }
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, inflated: unknown) => {
      if (error !== null) return reject(error)
      // With `info` it is this, which Node's types leave out.
      const { buffer, engine } = inflated as Inflated
      resolve({ content: buffer, bytesRead: engine.bytesWritten })
    }
    if (encoding === 'gzip') gunzip(body, options, done)
    else zstdDecompress(body, { ...options, params }, done)
  })
}

const STARTS = { gzip: Buffer.from([0x1f, 0x8b]), zstd: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) } as const

/** How a body is compressed all the same: no text begins so. Taken for lines, all that it holds would be rejected. */
export function findCompression(body: Buffer): keyof typeof STARTS | null {
  if (body.subarray(0, STARTS.gzip.length).equals(STARTS.gzip)) return 'gzip'
  return body.subarray(0, STARTS.zstd.length).equals(STARTS.zstd) ? 'zstd' : null
}
