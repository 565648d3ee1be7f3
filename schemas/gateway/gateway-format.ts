import type { LineRejectReason } from '../event/log-event.ts'

/**
 * A gateway's log format: how one line becomes one request. Parsing is pure: the same bytes give the same answer.
 */
export type GatewayFormat = {
  readonly name: string
  /** What "bytes" are in this format; statements say which was used. */
  readonly bytesBasis: 'headers_and_body' | 'body'
  /** Which moment `timeMs` is. */
  readonly timeBasis: 'start' | 'end'
  parseLine(line: Uint8Array): ParsedLine
}

export type ParsedLine =
  | {
      readonly kind: 'request'
      readonly clientId: string
      readonly integrationId: string
      readonly timeMs: number
      readonly status: number
      readonly requestBytes: number
      readonly responseBytes: number
    }
  | { readonly kind: 'blank' }
  | { readonly kind: 'rejected'; readonly reason: LineRejectReason; readonly detail: string }
