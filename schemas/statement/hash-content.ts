import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** SHA-256 in hex of a JSON value in canonical form (RFC 8785): the order of an object's keys makes no difference. */
export function hashContent(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('a content hash needs a JSON value')
  return createHash('sha256').update(text).digest('hex')
}
