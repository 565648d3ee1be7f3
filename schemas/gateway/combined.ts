import { acceptRequest, type Measures, readNames, rejectLine, tellStatus } from './accept-request.ts'
import type { ClientField, LineSyntax, ParsedLine, RejectedParse, SetBy } from './gateway-format.ts'
import { describeValue, parseCount, parseStatus } from './parse-number.ts'
import { parseTimeLocal } from './parse-time.ts'
import { type CombinedLayout, readTrailing, type Tokens, tokenizeCombined } from './tokenize-combined.ts'

/** `extra1` is the first field that a custom format appends after the format's own. */
export type CombinedField = 'remote_user' | 'remote_addr' | `extra${number}`

type CombinedFields = {
  readonly client: CombinedField
  /** Null: the log does not say. */
  readonly integration: CombinedField | null
}

export const EXTRA_FIELDS_MAX = 32

/** Who decides what a field says. */
function whoSets(field: CombinedField): SetBy {
  switch (field) {
    case 'remote_addr':
      return 'gateway'
    case 'remote_user':
      return 'caller'
    default:
      return 'operator'
  }
}

/**
 * NGINX's and Apache's combined and common logs:
 * `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`,
 * with any number of fields after them. What is broken behind the status and the bytes costs no request, unless a
 * chosen field stands there. These logs do not know the size of a request: `requestBytes` is always 0.
 */
export function combined(fields: CombinedFields, layout: CombinedLayout): LineSyntax {
  const client = { field: fields.client, setBy: whoSets(fields.client) }
  return {
    client,
    otherwise: 'line_not_combined',
    parse: text => {
      const tokens = tokenizeCombined(text, layout)
      switch (tokens.kind) {
        case 'tokens':
          return readTokens(text, tokens, { ...fields, named: layout.named }, client)
        case 'cut_off':
          return rejectLine('line_truncated', `the line ends within ${tokens.part}`)
        case 'unexpected':
          return rejectLine('line_not_combined', `expected ${tokens.part} and found something else`)
      }
    },
  }
}

type Chosen = CombinedFields & { readonly named: number }

function readTokens(line: string, tokens: Tokens, chosen: Chosen, client: ClientField): ParsedLine {
  const clientText = pick(line, tokens, chosen.client, chosen.named)
  if (clientText === null) return rejectBroken(chosen.client)
  const integration = chosen.integration === null ? '' : pick(line, tokens, chosen.integration, chosen.named)
  if (integration === null) return rejectBroken(chosen.integration ?? '')
  const names = readNames(clientText, integration, client)
  if (names.kind === 'rejected') return tellStatus(names, parseStatus(tokens.status))
  if (integration === undefined) return rejectLine('field_missing', `the line has no ${chosen.integration}`)
  const measures = readMeasures(tokens)
  return 'kind' in measures ? measures : acceptRequest(names, measures, client)
}

function readMeasures(tokens: Tokens): Measures | RejectedParse {
  const timeMs = parseTimeLocal(tokens.time)
  if (timeMs === null) {
    const found = describeValue(tokens.time)
    return rejectLine('time_invalid', `the time is ${found}; expected one such as 01/Oct/2026:00:00:00 +0200`)
  }
  const status = parseStatus(tokens.status)
  if (status === null) {
    return rejectLine('status_invalid', `the status is ${describeValue(tokens.status)}; expected 100 to 999`)
  }
  // Apache writes `-` for an answer without a body.
  const responseBytes = tokens.bytes === '-' ? 0 : parseCount(tokens.bytes)
  if (responseBytes === null) {
    const found = describeValue(tokens.bytes)
    return rejectLine('bytes_invalid', `bytes are ${found}; expected a whole number from 0`)
  }
  return { timeMs, status, requestBytes: 0, responseBytes }
}

function pick(line: string, tokens: Tokens, field: CombinedField, named: number): string | undefined | null {
  switch (field) {
    case 'remote_addr':
      return tokens.remoteAddress
    case 'remote_user':
      return tokens.remoteUser
    default:
      return readTrailing(line, tokens.restStart, named + Number(field.slice('extra'.length)) - 1)
  }
}

function rejectBroken(field: string): RejectedParse {
  return rejectLine('line_truncated', `a quoted field is broken off before ${field}`)
}
