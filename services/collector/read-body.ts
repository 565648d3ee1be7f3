import type { IncomingMessage } from 'node:http'
import { malformed, type RefusedError } from './refusal.ts'

/** How long a body says that it is; null where it comes in chunks. */
export function contentLength({ headers }: Pick<IncomingMessage, 'headers'>): number | null {
  const length = headers['content-length']
  return length === undefined ? null : Number(length)
}

export function bodyTooLarge(bytesMax: number): RefusedError {
  return malformed(413, `the body has more than ${bytesMax} bytes`)
}

/** All of it, as it arrives. Throws RefusedError where it is larger, once that much has come. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  // Its connection is still to carry the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length
    if (bytes > bytesMax) throw bodyTooLarge(bytesMax)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
