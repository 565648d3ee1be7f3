import type { IncomingHttpHeaders } from 'node:http'

const PREFIX = 'ce-'

/** A CloudEvent whose attributes are headers, and whose data is the body. */
export function isBinaryCloudEvent(headers: IncomingHttpHeaders): boolean {
  return headers['ce-specversion'] !== undefined || headers['ce-id'] !== undefined
}

/**
 * The same event in its structured form, which formats read. Data that is no JSON is left out, since no format reads
 * it. Header values are percent-encoded, as CloudEvents' HTTP binding has it.
 */
export function toStructured(headers: IncomingHttpHeaders, body: Buffer): Buffer {
  const attributes = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(PREFIX) && typeof value === 'string' ? [[name.slice(PREFIX.length), decode(value)]] : [],
  )
  // Defined last, so that no header takes its place.
  return Buffer.from(JSON.stringify({ ...Object.fromEntries(attributes), data: parseJson(body) }))
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** Undefined for what is no JSON, which JSON itself has no word for. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
