import { acceptRequest, readNames, rejectLine, tellStatus } from './accept-request.ts'
import type { ClientField, LineSyntax, ParsedLine, RejectedParse } from './gateway-format.ts'
import { isKeyRepeated, mendJson } from './mend-json.ts'
import { describeValue, isMissing, parseCount, parseStatus } from './parse-number.ts'
import { parseIso8601, parseSeconds } from './parse-time.ts'

/** Under which name the operator's `log_format … escape=json` writes each value. */
type NginxJsonFields = {
  /** Who is metered: a value that the gateway vouches for, such as one mapped from the API key. */
  readonly client: string
  readonly integration: string
  /** `$msec`; when the line has none, `timeIso8601` is read. */
  readonly time: string
  readonly timeIso8601: string
  readonly status: string
  /** `$request_length`. */
  readonly requestBytes: string
  /** `$bytes_sent`. */
  readonly responseBytes: string
}

const DEFAULT_FIELDS: NginxJsonFields = {
  client: 'client_id',
  integration: 'integration_id',
  time: 'msec',
  timeIso8601: 'time_iso8601',
  status: 'status',
  requestBytes: 'request_length',
  responseBytes: 'bytes_sent',
}

/**
 * One JSON object a line. Numbers may be quoted; `-` and an empty text mean missing; other fields are ignored. What
 * NGINX writes and JSON doesn't know is mended: see `mendJson`.
 */
export function nginxJson(chosen: Partial<NginxJsonFields> = {}): LineSyntax {
  const fields = { ...DEFAULT_FIELDS, ...chosen }
  const client: ClientField = { field: fields.client, setBy: 'operator' }
  return {
    client,
    otherwise: 'line_not_json',
    parse: text => {
      const json = parseObject(text)
      if (json !== null) return readFields(json, text, fields, client)
      const mended = mendJson(text)
      const mendedJson = parseObject(mended)
      return mendedJson === null ? rejectUnreadable(text) : readFields(mendedJson, mended, fields, client)
    },
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return null
  }
  return typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as Record<string, unknown>)
    : null
}

/** An object that was begun and not closed was cut off, by a full disk or a crash; anything else never was one. */
function rejectUnreadable(text: string): RejectedParse {
  return text.startsWith('{') && !text.trimEnd().endsWith('}')
    ? rejectLine('line_truncated', `a JSON object is cut off after ${text.length} characters`)
    : rejectLine('line_not_json', 'expected one JSON object')
}

function readFields(
  json: Record<string, unknown>,
  text: string,
  fields: NginxJsonFields,
  client: ClientField,
): ParsedLine {
  if (isKeyRepeated(text, fields.client)) {
    return rejectLine(
      'client_invalid',
      `${fields.client} is there twice; is the log written with escape=json?`,
    )
  }
  const names = readNames(readField(json, fields.client), readField(json, fields.integration), client)
  if (names.kind === 'rejected') {
    const answered = readField(json, fields.status)
    return tellStatus(names, answered === undefined ? null : parseStatus(answered))
  }
  const timeMs = readTime(json, fields)
  if (typeof timeMs !== 'number') return timeMs
  const status = readStatus(json, fields.status)
  if (typeof status !== 'number') return status
  const requestBytes = readBytes(json, fields.requestBytes)
  if (typeof requestBytes !== 'number') return requestBytes
  const responseBytes = readBytes(json, fields.responseBytes)
  if (typeof responseBytes !== 'number') return responseBytes
  return acceptRequest(names, { timeMs, status, requestBytes, responseBytes }, client)
}

/** Own fields alone: a field named `constructor` is not what every object inherits. */
function readField(json: Record<string, unknown>, field: string): unknown {
  return Object.hasOwn(json, field) ? json[field] : undefined
}

function readTime(json: Record<string, unknown>, fields: NginxJsonFields): number | RejectedParse {
  const seconds = readField(json, fields.time)
  if (!isMissing(seconds)) return parseSeconds(seconds) ?? rejectTime(fields.time, seconds, '1759269600.123')
  const iso = readField(json, fields.timeIso8601)
  if (isMissing(iso)) {
    return rejectLine('field_missing', `neither ${fields.time} nor ${fields.timeIso8601} is there`)
  }
  return parseIso8601(iso) ?? rejectTime(fields.timeIso8601, iso, '2026-10-01T00:00:00+02:00')
}

function rejectTime(field: string, value: unknown, expected: string): RejectedParse {
  const detail = `${field} is ${describeValue(value)}; expected a time such as ${expected}`
  return rejectLine('time_invalid', detail)
}

function readStatus(json: Record<string, unknown>, field: string): number | RejectedParse {
  const value = readField(json, field)
  if (value === undefined) return rejectLine('field_missing', `${field} is missing`)
  return (
    parseStatus(value) ??
    rejectLine('status_invalid', `${field} is ${describeValue(value)}; expected 100 to 999`)
  )
}

function readBytes(json: Record<string, unknown>, field: string): number | RejectedParse {
  const value = readField(json, field)
  if (isMissing(value)) return rejectLine('field_missing', `${field} is missing or empty`)
  return (
    parseCount(value) ??
    rejectLine('bytes_invalid', `${field} is ${describeValue(value)}; expected a whole number from 0`)
  )
}
