import { isUtf8 } from 'node:buffer'
import type { LineRejectReason } from '../event/log-event.ts'
import { acceptRequest, BLANK, rejectLine, rejectNotUtf8, textOf, trimLine } from './accept-request.ts'
import type { GatewayFormat, ParsedLine } from './gateway-format.ts'
import { describeValue, isMissing, parseCount } from './parse-number.ts'
import { parseTimeLocal } from './parse-time.ts'
import { type Tokens, tokenizeCombined } from './tokenize-combined.ts'

/** `extra1` is the first field that a custom format appends after the user agent. */
export type CombinedField = 'remote_user' | 'remote_addr' | `extra${number}`

export type CombinedFields = {
  readonly client: CombinedField
  /** Null: the log does not say. */
  readonly integration: CombinedField | null
}

const DEFAULT_FIELDS: CombinedFields = { client: 'remote_user', integration: null }
export const EXTRA_FIELDS_MAX = 32

/**
 * NGINX's and Apache's combined and common logs:
 * `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`,
 * with any number of fields after them. These logs do not know the size of a request: `requestBytes` is always 0.
 */
export function combined(chosen: Partial<CombinedFields> = {}): GatewayFormat {
  const fields = { ...DEFAULT_FIELDS, ...chosen }
  return {
    name: 'combined',
    bytesBasis: 'body',
    timeBasis: 'end',
    parseLine: line => parseCombined(line, fields),
  }
}

function parseCombined(raw: Uint8Array, fields: CombinedFields): ParsedLine {
  const line = trimLine(raw)
  if (line.length === 0) return BLANK
  const tokens = tokenizeCombined(textOf(line))
  switch (tokens.kind) {
    case 'tokens':
      return readTokens(tokens, fields)
    case 'cut_off':
      return rejectUnreadable(line, 'line_truncated', `the line ends within ${tokens.part}`)
    case 'unexpected':
      return rejectUnreadable(line, 'line_not_combined', `${tokens.part} is not where it was expected`)
  }
}

function rejectUnreadable(line: Uint8Array, reason: LineRejectReason, detail: string): ParsedLine {
  return isUtf8(line) ? rejectLine(reason, detail) : rejectNotUtf8()
}

function readTokens(tokens: Tokens, fields: CombinedFields): ParsedLine {
  const client = pick(tokens, fields.client)
  if (isMissing(client)) return rejectLine('client_missing', `${fields.client} is missing or empty`)
  const integration = fields.integration === null ? '' : pick(tokens, fields.integration)
  if (integration === undefined) return rejectLine('field_missing', `the line has no ${fields.integration}`)
  const timeMs = parseTimeLocal(tokens.time)
  if (timeMs === null) {
    const found = describeValue(tokens.time)
    return rejectLine('time_invalid', `the time is ${found}; expected one such as 01/Oct/2026:00:00:00 +0200`)
  }
  const status = parseCount(tokens.status)
  if (status === null) {
    return rejectLine(
      'status_invalid',
      `the status is ${describeValue(tokens.status)}; expected a whole number`,
    )
  }
  // Apache writes `-` for an answer without a body.
  const responseBytes = tokens.bytes === '-' ? 0 : parseCount(tokens.bytes)
  if (responseBytes === null) {
    return rejectLine(
      'bytes_invalid',
      `bytes are ${describeValue(tokens.bytes)}; expected a whole number from 0`,
    )
  }
  return acceptRequest({
    clientId: client ?? '',
    integrationId: isMissing(integration) ? '' : integration,
    timeMs,
    status,
    requestBytes: 0,
    responseBytes,
  })
}

function pick(tokens: Tokens, field: CombinedField): string | undefined {
  switch (field) {
    case 'remote_addr':
      return tokens.remoteAddress
    case 'remote_user':
      return tokens.remoteUser
    default:
      return tokens.trailing[Number(field.slice('extra'.length)) + 1]
  }
}
