import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { EndpointException } from './exception.ts'

type Coding = {
  readonly decode: (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>
  readonly encode: (body: Buffer) => Promise<Buffer>
}

const brotliCompress = promisify<zlib.InputType, zlib.BrotliOptions, Buffer>(zlib.brotliCompress)
const BROTLI_FAST = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }

/** In the order we prefer them where a client takes several. */
const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ['zstd', { decode: promisify(zlib.zstdDecompress), encode: promisify(zlib.zstdCompress) }],
  ['br', { decode: promisify(zlib.brotliDecompress), encode: body => brotliCompress(body, BROTLI_FAST) }],
  ['gzip', { decode: promisify(zlib.gunzip), encode: promisify(zlib.gzip) }],
  ['deflate', { decode: promisify(zlib.inflate), encode: promisify(zlib.deflate) }],
])

/** Throws EndpointException for a coding we lack, a body that isn't in it, or one larger than `bytesMax` unpacked. */
export async function decodeBody(body: Buffer, contentEncoding: string, bytesMax: number): Promise<Buffer> {
  if (contentEncoding === '' || contentEncoding === 'identity') return body
  const coding = CODINGS.get(contentEncoding)
  if (coding === undefined) {
    throw new EndpointException(
      89,
      'UNKNOWN_COMPRESSION_METHOD',
      `Unknown compression method '${contentEncoding}'. Expected one of: ${[...CODINGS.keys()].join(', ')}. `,
      415,
    )
  }
  try {
    return await coding.decode(body, { maxOutputLength: bytesMax })
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(bytesMax)
    throw new EndpointException(
      354,
      'ZLIB_INFLATE_FAILED',
      `The request body isn't ${contentEncoding}: ${error instanceof Error ? error.message : String(error)}. `,
      400,
    )
  }
}

/** The best coding of an Accept-Encoding header, or null. */
export function chooseCoding(acceptEncoding: string): string | null {
  const accepted = new Set(
    acceptEncoding
      .toLowerCase()
      .split(',')
      .map(entry => entry.split(';').map(part => part.trim()))
      .filter(([, quality]) => !/^q=0(\.0*)?$/.test(quality ?? ''))
      .map(([name]) => name),
  )
  return [...CODINGS.keys()].find(name => accepted.has(name)) ?? null
}

export async function encodeBody(body: Buffer, coding: string | null): Promise<Buffer> {
  return (coding === null ? undefined : CODINGS.get(coding)?.encode(body)) ?? body
}

export function tooLarge(bytesMax: number): EndpointException {
  return new EndpointException(229, 'QUERY_IS_TOO_LARGE', `The query is larger than ${bytesMax} bytes. `)
}
