import { createHmac } from 'node:crypto'

/** The headers by which a receiver knows who sent what, when: those of the Standard Webhooks specification. */
type SignedHeaders = {
  /** The same for every attempt: a receiver that has seen it before can leave the message alone. */
  readonly 'webhook-id': string
  /** Of the attempt, in seconds since the epoch. */
  readonly 'webhook-timestamp': string
  /** `v1,` and HMAC-SHA256 over `id.timestamp.body` in base64. */
  readonly 'webhook-signature': string
}

export function signMessage(secret: string, id: string, atMs: number, body: string): SignedHeaders {
  const timestamp = String(Math.floor(atMs / 1000))
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}

/** `whsec_` and base64, as the specification writes a secret; any other text is the key as it stands. */
function keyOf(secret: string): Buffer {
  const prefix = 'whsec_'
  return secret.startsWith(prefix) ? Buffer.from(secret.slice(prefix.length), 'base64') : Buffer.from(secret)
}
