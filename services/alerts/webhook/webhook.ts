import { createHash } from 'node:crypto'

/** Where alerts are sent to. */
export type Webhook = {
  readonly url: URL
  /** What it is called in the store and in logs: host and a hash, since the URL may hold a secret. */
  readonly name: string
}

export function nameWebhook(url: URL): Webhook {
  const hash = createHash('sha256').update(url.href).digest('hex').slice(0, 8)
  return { url, name: `${url.host}#${hash}` }
}
