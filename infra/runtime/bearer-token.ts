import { createHash } from 'node:crypto'

/**
 * The SHA-256 of the token in an Authorization header, of the empty text where there is none. Tokens are compared by
 * it, in constant time: so the time it takes tells nothing of a token, nor of its length.
 */
export function digestOfBearer(authorization: string | undefined): Buffer {
  return digestToken(/^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '')
}

export function digestToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
