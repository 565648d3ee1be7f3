import { createHash, randomBytes } from 'node:crypto'

/** Named, so that one that was pasted somewhere is found there. */
const PREFIX = 'fbk_'
const RANDOM_BYTES = 32

/** What a token's holder presents: 256 random bits. Told once. */
export function makeSecret(): string {
  return PREFIX + randomBytes(RANDOM_BYTES).toString('base64url')
}

/** SHA-256 in hex. Nobody finds 256 random bits by trying, so nothing slower is needed. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
