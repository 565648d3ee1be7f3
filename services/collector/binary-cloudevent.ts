import type { IncomingHttpHeaders } from 'node:http'

const PREFIX = 'ce-'
const BYTE_ORDER_MARK = /^\ufeff/

/** A CloudEvent whose attributes are headers, and whose data is the body. */
export function isBinaryCloudEvent(headers: IncomingHttpHeaders): boolean {
  return headers['ce-specversion'] !== undefined || headers['ce-id'] !== undefined
}

/**
 * The same event in its structured form, which formats read. Data that is no JSON is a text in it, which no format
 * reads. Header values are percent-encoded, as CloudEvents' HTTP binding has it.
 */
export function toStructured(headers: IncomingHttpHeaders, body: Buffer): Buffer {
  const attributes = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(PREFIX) && typeof value === 'string' ? [[name.slice(PREFIX.length), decode(value)]] : [],
  )
  // Left out here, so that no header takes its place.
  const event = JSON.stringify({ ...Object.fromEntries(attributes), data: undefined })
  const text = body.toString('utf8').replace(BYTE_ORDER_MARK, '')
  if (text.trim() === '') return Buffer.from(event)
  // As it was written: what is nested without end can be parsed, and not be written again.
  const data = isJson(text) ? text.replaceAll('\n', ' ') : JSON.stringify(text)
  return Buffer.from(`${event.slice(0, -1)},"data":${data}}`)
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
