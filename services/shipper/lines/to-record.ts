import type { LineRejectReason } from '@forbruk/schemas/event/log-event.ts'
import { makeExcerpt } from '@forbruk/schemas/excerpt/make-excerpt.ts'
import type { GatewayFormat, ParsedLine } from '@forbruk/schemas/gateway/gateway-format.ts'
import { encodeRejectedLine, encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { LINE_BYTES_MAX, type Line } from './read-lines.ts'

type LineOrigin = { readonly source: string; readonly file: string }

type LineRecord =
  | { readonly kind: 'request'; readonly key: string; readonly value: Buffer; readonly timeMs: number }
  | { readonly kind: 'rejected'; readonly key: string; readonly value: Buffer }
  | { readonly kind: 'blank' }

/** One line as a record of the event log: a request keyed by its client, or a rejected line keyed by its source. */
export function toRecord(line: Line, format: GatewayFormat, origin: LineOrigin): LineRecord {
  const parsed = parseShipped(line, format)
  switch (parsed.kind) {
    case 'blank':
      return { kind: 'blank' }
    case 'request': {
      const identity = { kind: 'position', file: origin.file, position: line.position } as const
      const { clientId, integrationId, timeMs, status, requestBytes, responseBytes } = parsed
      const value = encodeRequest({
        kind: 'request',
        source: origin.source,
        identity,
        clientId,
        integrationId,
        timeMs,
        status,
        requestBytes,
        responseBytes,
      })
      return { kind: 'request', key: clientId, value, timeMs }
    }
    case 'rejected': {
      const value = encodeRejectedLine({
        kind: 'rejected_line',
        source: origin.source,
        file: origin.file,
        position: line.position,
        reason: parsed.reason,
        detail: parsed.detail,
        excerpt: makeExcerpt(line.bytes),
        lineBytes: line.lineBytes,
      })
      return { kind: 'rejected', key: origin.source, value }
    }
  }
}

/** A line as the shipper reads it: one that may have been cut off is no request. */
export function parseShipped(line: Line, format: GatewayFormat): ParsedLine {
  if (line.oversized) {
    return reject('line_too_long', `${line.lineBytes} bytes; expected at most ${LINE_BYTES_MAX}`)
  }
  const parsed = format.parseLine(line.bytes)
  return line.terminated ? parsed : parseUnterminated(line, parsed)
}

/**
 * A last line without a newline may have been cut off. It is whole if it ends in what closes something, a brace or a
 * quote; a number at its end may have had more digits.
 */
function parseUnterminated(line: Line, parsed: ParsedLine): ParsedLine {
  switch (parsed.kind) {
    case 'blank':
      return parsed
    case 'request':
      return endsClosed(line.bytes) ? parsed : rejectCutOff(line)
    case 'rejected':
      return parsed.reason === 'line_not_json' || parsed.reason === 'line_not_combined'
        ? rejectCutOff(line)
        : parsed
  }
}

function endsClosed(bytes: Buffer): boolean {
  return /["}]\s*$/.test(bytes.toString('latin1', Math.max(0, bytes.length - 16)))
}

function rejectCutOff(line: Line): ParsedLine {
  return reject('line_truncated', `the last line has no newline and is cut off after ${line.lineBytes} bytes`)
}

function reject(reason: LineRejectReason, detail: string): ParsedLine {
  return { kind: 'rejected', reason, detail }
}
