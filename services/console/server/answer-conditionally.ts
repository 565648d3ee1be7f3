import { createHash } from 'node:crypto'
import type { ConsoleServer } from './build-server.ts'

/**
 * A read is answered with an ETag of what it says, and with 304 to who has that already. The figures are read all the
 * same: what is saved is the way, not the store.
 */
export function answerConditionally(app: ConsoleServer): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!isRead || reply.statusCode !== 200) return payload
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload
    const tag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`
    reply.header('etag', tag).header('vary', 'accept')
    if (!holds(request.headers['if-none-match'], tag)) return payload
    reply.code(304).removeHeader('content-length').removeHeader('content-disposition')
    return null
  })
}

/** Compared weakly, as a read asks for: RFC 9110, 13.1.2. */
function holds(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  const tags = header.split(',').map(each => each.trim().replace(/^W\//, ''))
  return tags.includes(tag) || tags.includes('*')
}
