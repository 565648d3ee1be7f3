import { findRequestFault } from '../event/check-request.ts'
import type { LineRejectReason } from '../event/log-event.ts'
import type { ParsedLine } from './gateway-format.ts'

type LineFields = {
  readonly clientId: string
  readonly integrationId: string
  readonly timeMs: number
  readonly status: number
  readonly requestBytes: number
  readonly responseBytes: number
}

/** Holds a line's fields against the rules that the aggregator will hold the event against. */
export function acceptRequest(fields: LineFields): ParsedLine {
  const { clientId, integrationId, timeMs, status, requestBytes, responseBytes } = fields
  const request = {
    kind: 'request',
    clientId,
    integrationId,
    timeMs,
    status,
    requestBytes,
    responseBytes,
  } as const
  const fault = findRequestFault({ ...request, source: '', identity: { kind: 'none' } })
  if (fault === null) return request
  switch (fault.field) {
    case 'client':
      return rejectLine(fault.missing ? 'client_missing' : 'client_invalid', fault.detail)
    case 'integration':
    case 'time':
    case 'status':
    case 'bytes':
      return rejectLine(`${fault.field}_invalid`, fault.detail)
    case 'source':
    case 'identity':
      throw new Error(`a line has no ${fault.field} of its own, yet it was found at fault: ${fault.detail}`)
  }
}

export function rejectLine(reason: LineRejectReason, detail: string): ParsedLine {
  return { kind: 'rejected', reason, detail }
}

export const BLANK: ParsedLine = { kind: 'blank' }

const SPACE = 0x20
const TAB = 0x09
const CARRIAGE_RETURN = 0x0d

/** The line without white space at its ends (a carriage return before the newline is common). */
export function trimLine(line: Uint8Array): Uint8Array {
  let start = 0
  let end = line.length
  while (start < end && isSpace(line[start])) start += 1
  while (end > start && isSpace(line[end - 1])) end -= 1
  return start === 0 && end === line.length ? line : line.subarray(start, end)
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB || byte === CARRIAGE_RETURN
}

/** For a line that could not be read, perhaps because of it. */
export function rejectNotUtf8(): ParsedLine {
  return rejectLine('line_not_utf8', 'the line could not be read, and is not valid UTF-8')
}

/**
 * The line's text. Bytes that are no UTF-8 become U+FFFD, which no counted field may hold. In any other field they
 * don't matter: a gateway writes the path that a client asked for, and asking for /%ff must not make a request free.
 */
export function textOf(line: Uint8Array): string {
  return Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8')
}
