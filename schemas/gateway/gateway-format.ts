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
  /**
   * Only of formats that name their columns in the file, and again where these change, and of envelopes in which a line
   * may come in parts: a reader of one file's lines. In the middle of a file it goes on by what was read last.
   */
  openFile?(header: string | null): FileLines
}

/** Lines of one file, in their order. */
export type FileLines = {
  readonly parseLine: (line: Uint8Array) => ParsedLine
  /** The last line that named columns, and of which streams a line has begun; null where there is nothing to tell. */
  readonly header: () => string | null
}

/** A format that a file declares. */
export type DeclaredFormat = GatewayFormat & {
  /** Its lines may have an id that no caller can set: by the format's own word, or by the operator's choice. */
  readonly isIdentified: boolean
  /**
   * What a record or a body holds: several lines, or a list of requests in one. As many answers as there are lines and
   * requests, in their order, so that an index into it is a place; blank ones are among them.
   */
  parseValue(value: Uint8Array): readonly ParsedLine[]
  /** What is said in a line beside what is counted, or null where it can't be read. For people to look at. */
  describeLine(line: Uint8Array): DescribedLine | null
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
  /** One text, several requests: null where a text is always one. */
  readonly parseList: ((text: string) => readonly ParsedLine[]) | null
  readonly describe: (text: string) => DescribedLine | null
  /** Null for a line of a request; a line that is none may say how those after it are read. */
  readonly readHeader: ((text: string) => LineSyntax | 'comment' | null) | null
  /** What a line is rejected for that is nothing like it. */
  readonly otherwise: 'line_not_json' | 'line_not_combined'
}

export type DescribedLine = {
  readonly method: string
  /** Without what follows a question mark. */
  readonly route: string
  /** Of each field that the format names, whether it says something, says that there is nothing, or isn't there. */
  readonly fields: readonly { readonly name: string; readonly state: 'said' | 'empty' | 'absent' }[]
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
      /** The gateway's own, where the format vouches for it and the line has one: no caller can set it. */
      readonly requestId?: string
    }
  | { readonly kind: 'blank' }
  | RejectedParse

export type RejectedParse = {
  readonly kind: 'rejected'
  readonly reason: LineRejectReason
  readonly detail: string
}
