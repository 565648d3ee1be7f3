import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Named, so that one that was pasted somewhere is found there. */
const PREFIX = 'fbk_'
const RANDOM_BYTES = 32

/** What a token's holder presents: 256 random bits. Told once. */
export function makeSecret(): string {
  return PREFIX + randomBytes(RANDOM_BYTES).toString('base64url')
}

/** What an Authorization header presents, or null. */
export function readBearer(authorization: string | undefined): string | null {
  return /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? null
}

/** SHA-256 in hex. Nobody finds 256 random bits by trying, so nothing slower is needed. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** The time it takes tells nothing of a secret, nor of its length: hashes are compared. */
export function isSameHash(hash: string, other: string): boolean {
  const [one, two] = [Buffer.from(hash), Buffer.from(other)]
  return one.length === two.length && timingSafeEqual(one, two)
}
