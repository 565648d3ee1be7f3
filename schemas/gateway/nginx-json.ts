import { isUtf8 } from 'node:buffer'
import { acceptRequest, BLANK, rejectLine, rejectNotUtf8, textOf, trimLine } from './accept-request.ts'
import type { GatewayFormat, ParsedLine } from './gateway-format.ts'
import { describeValue, isMissing, parseCount } from './parse-number.ts'
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

/** One JSON object a line. Numbers may be quoted; `-` and an empty text mean missing; other fields are ignored. */
export function nginxJson(chosen: Partial<NginxJsonFields> = {}): GatewayFormat {
  const fields = { ...DEFAULT_FIELDS, ...chosen }
  return {
    name: 'nginx-json',
    bytesBasis: 'headers_and_body',
    timeBasis: 'end',
    parseLine: line => parseNginxJson(line, fields),
  }
}

const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d

function parseNginxJson(raw: Uint8Array, fields: NginxJsonFields): ParsedLine {
  const line = trimLine(raw)
  if (line.length === 0) return BLANK
  const json = parseObject(textOf(line))
  return json === null ? rejectUnreadable(line) : readFields(json, fields)
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
function rejectUnreadable(line: Uint8Array): ParsedLine {
  if (!isUtf8(line)) return rejectNotUtf8()
  return line[0] === OPENING_BRACE && line[line.length - 1] !== CLOSING_BRACE
    ? rejectLine('line_truncated', `a JSON object is cut off after ${line.length} bytes`)
    : rejectLine('line_not_json', 'expected one JSON object')
}

function readFields(json: Record<string, unknown>, fields: NginxJsonFields): ParsedLine {
  const client = readName(json, fields.client)
  if (client === null) return rejectName('client_invalid', fields.client, json)
  if (client === '') return rejectLine('client_missing', `${fields.client} is missing or empty`)
  const integration = readName(json, fields.integration)
  if (integration === null) return rejectName('integration_invalid', fields.integration, json)

  const timeMs = readTime(json, fields)
  if (typeof timeMs !== 'number') return timeMs
  const status = readCount(json, fields.status, 'status_invalid')
  if (typeof status !== 'number') return status
  const requestBytes = readCount(json, fields.requestBytes, 'bytes_invalid')
  if (typeof requestBytes !== 'number') return requestBytes
  const responseBytes = readCount(json, fields.responseBytes, 'bytes_invalid')
  if (typeof responseBytes !== 'number') return responseBytes
  return acceptRequest({
    clientId: client,
    integrationId: integration,
    timeMs,
    status,
    requestBytes,
    responseBytes,
  })
}

/** Own fields alone: a field named `constructor` is not what every object inherits. */
function readField(json: Record<string, unknown>, field: string): unknown {
  return Object.hasOwn(json, field) ? json[field] : undefined
}

/** Empty when missing, null when it can't be a name. Customer numbers may stand unquoted. */
function readName(json: Record<string, unknown>, field: string): string | null {
  const value = readField(json, field)
  if (isMissing(value)) return ''
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null
}

function rejectName(
  reason: 'client_invalid' | 'integration_invalid',
  field: string,
  json: Record<string, unknown>,
): ParsedLine {
  return rejectLine(reason, `${field} is ${describeValue(readField(json, field))}; expected a text`)
}

function readTime(json: Record<string, unknown>, fields: NginxJsonFields): number | ParsedLine {
  const seconds = readField(json, fields.time)
  if (!isMissing(seconds)) return parseSeconds(seconds) ?? rejectTime(fields.time, seconds, '1759269600.123')
  const iso = readField(json, fields.timeIso8601)
  if (isMissing(iso))
    return rejectLine('field_missing', `neither ${fields.time} nor ${fields.timeIso8601} is there`)
  return parseIso8601(iso) ?? rejectTime(fields.timeIso8601, iso, '2026-10-01T00:00:00+02:00')
}

function rejectTime(field: string, value: unknown, expected: string): ParsedLine {
  return rejectLine(
    'time_invalid',
    `${field} is ${describeValue(value)}; expected a time such as ${expected}`,
  )
}

function readCount(
  json: Record<string, unknown>,
  field: string,
  reason: 'status_invalid' | 'bytes_invalid',
): number | ParsedLine {
  const value = readField(json, field)
  if (isMissing(value)) return rejectLine('field_missing', `${field} is missing or empty`)
  return (
    parseCount(value) ??
    rejectLine(reason, `${field} is ${describeValue(value)}; expected a whole number from 0`)
  )
}
