import type { LineRejectReason } from '../event/log-event.ts'

/**
 * A gateway's log format: how one line becomes one request. Parsing is pure: the same bytes give the same answer.
 */
export type GatewayFormat = {
  /** As the operator gave it and as marks tell it, with its envelope: `combined`, `syslog+combined`. */
  readonly name: string
  readonly bytesBasis: BytesBasis
  /** Which moment `timeMs` is. */
  readonly timeBasis: 'start' | 'end'
  /** Who is metered, and on whose word. */
  readonly client: ClientField
  parseLine(line: Uint8Array): ParsedLine
}

/** What "bytes" are in a format; statements say which was used. */
export type BytesBasis = 'headers_and_body' | 'body'

export type ClientField = { readonly field: string; readonly setBy: SetBy }

/**
 * Who decides what a field says.
 * - `gateway`: it knows it by itself; a caller can't set it.
 * - `caller`: it is written down as it was sent, whether or not the gateway has checked it.
 * - `operator`: whatever the operator's log format puts there, so either of the two.
 */
export type SetBy = 'gateway' | 'caller' | 'operator'

/** How a line's text is read, once it is out of its envelope. */
export type LineSyntax = {
  readonly client: ClientField
  readonly parse: (text: string) => ParsedLine
  /** What a line is rejected for that is nothing like it. */
  readonly otherwise: 'line_not_json' | 'line_not_combined'
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
  | RejectedParse

export type RejectedParse = {
  readonly kind: 'rejected'
  readonly reason: LineRejectReason
  readonly detail: string
}
