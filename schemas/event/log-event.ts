/**
 * What a record of the event log can say. These are the decoded, validated values; how they look on the wire is in
 * `schemas/wire`. All numbers are safe integers.
 */
export type LogEvent = RequestEvent | SourceMark | RejectedLine | StreamRecord | SignedRecord

/** What a record says of the stream, and not of a request: it is no event in any count. */
export type StreamRecord = StreamVersion | StreamLimits | StreamGrowth

/** One finished gateway request. */
export type RequestEvent = {
  readonly kind: 'request'
  /** The log stream it came from, e.g. one access-log file name on one host. */
  readonly source: string
  readonly identity: EventIdentity
  readonly clientId: string
  /** Empty when the gateway does not know it. */
  readonly integrationId: string
  /** Milliseconds since the epoch, UTC. Whether it is the request's start or end is the gateway format's to say. */
  readonly timeMs: number
  /** HTTP status; 0 when the gateway sent no response. */
  readonly status: number
  readonly requestBytes: number
  readonly responseBytes: number
  /** A person has vouched for the time, which then need not lie near the append time. */
  readonly timeVouched?: true | undefined
}

/**
 * What makes an event itself, so that a second copy is recognised. It comes from a party that the client can't
 * influence: never from a header that a client can set.
 */
export type EventIdentity =
  /**
   * Where the line stands. A shipper sends a file's lines in order of position, without leaving one out, so within a
   * partition the positions of one file only grow: whatever is not above the highest seen has been seen.
   */
  | { readonly kind: 'position'; readonly file: string; readonly position: number }
  /** A request id made by the gateway itself. */
  | { readonly kind: 'request_id'; readonly id: string }
  /** The gateway gives none: the event is counted as it comes. */
  | { readonly kind: 'none' }

/** By which a source says how far it has shipped. Every partition gets one. */
export type SourceMark = {
  readonly kind: 'mark'
  readonly source: string
  /** Empty where nothing of any file was shipped, which version 1 can't say. */
  readonly file: string
  /** Every line that starts below this byte position has been shipped. */
  readonly position: number
  /** Events and rejected lines of this file that were sent to the partition that holds this mark, each once. */
  readonly eventsTotal: number
  /** Every event up to this time that its shipper could see has been shipped. Milliseconds since the epoch. */
  readonly throughMs: number
  /** The gateway format the lines were read as, e.g. `nginx-json`. */
  readonly format: string
  /** Left out by version 1, which is written where there are none. Every mark of its shipper says it anew. */
  readonly obstacles?: MarkedObstacles | undefined
  /** Which shipper of the source says so. Left out before version 3, and by what is no shipper of ours. */
  readonly instance?: MarkedInstance | undefined
}

/**
 * A shipper, known by its progress: a start with the same progress is the same instance, one without is another. It
 * vouches for what it has seen itself, and for nothing that another one of the source has.
 */
export type MarkedInstance = {
  /** Random, made and kept with the progress: 8 to 64 hex digits. */
  readonly id: string
  /** What its machine calls itself. It decides nothing: it is for the person who looks for it. */
  readonly host: string
  /** Random, made at each start: 8 to 64 hex digits. */
  readonly run: string
  /** From 1 on, saved before it is sent: what comes again from another run comes of a copy of the progress. */
  readonly sequence: number
  /** The source's marks without an instance were its own until its first one in a partition: it was upgraded. */
  readonly wasUnnamed: boolean
}

/** Of an instance, or of its run. */
export function isMarkedId(text: string): boolean {
  return /^[0-9a-f]{8,64}$/.test(text)
}

/** What keeps a source from saying that it was shipped further: a person has to see to it. */
export type MarkedObstacles = {
  /** Those that are not listed too. */
  readonly total: number
  /** The oldest first, at most 16. */
  readonly listed: readonly MarkedObstacle[]
}

export type MarkedObstacle = {
  /** Such as `gone`; a later shipper may know further ones. */
  readonly reason: string
  /** On the source's host; of a long one the end. Nothing of what stands in the file. */
  readonly path: string
  readonly sinceMs: number
}

export const OBSTACLES_LISTED_MAX = 16
export const NO_OBSTACLES: MarkedObstacles = { total: 0, listed: [] }

/**
 * By which the log says how a partition is counted from here on. It speaks of the stream, not of a request: it is no
 * event in any count.
 */
export type StreamVersion = {
  readonly kind: 'stream_version'
  /** Holds when it is higher than the one before. */
  readonly foldVersion: number
  readonly blockSize: number
  /** At most `blockSize`. */
  readonly windowSize: number
}

/** How far an event's time may be from the time at which the log got it. */
export type TimeLimits = { readonly pastMaxMs: number; readonly aheadMaxMs: number }

/**
 * By which the log says which limits hold from here on. Understood from fold version 2 on, which an older release does
 * not pass; it is no event in any count either.
 */
export type StreamLimits = { readonly kind: 'stream_limits' } & TimeLimits

/**
 * What is said on the word of whoever holds the stream's key. Whether it was that party who said it is told by the
 * signature, which nobody has looked at yet.
 */
export type SignedRecord = {
  readonly kind: 'signed'
  /** Of a word on how the partition is counted: it holds where it is higher than the one before. */
  readonly sequence: number
  readonly payload: Buffer
  readonly signature: Buffer
  /** What the payload says. */
  readonly event: RequestEvent | StreamRecord
}

/**
 * By which the log says that the stream goes on with more partitions. Keys lie in others from about here on, since
 * producers choose a partition by how many there are. Understood from fold version 3 on.
 */
export type StreamGrowth = {
  readonly kind: 'stream_growth'
  /** Holds when it is higher than the one before. */
  readonly partitionCount: number
}

/** A line that the shipper could not read as a request: it is shipped all the same, so that it can't vanish. */
export type RejectedLine = {
  readonly kind: 'rejected_line'
  readonly source: string
  readonly file: string
  readonly position: number
  readonly reason: LineRejectReason
  /** What was expected and what was found. Holds no raw header, query string or credential. */
  readonly detail: string
  /** How the line is written, without what it says: see makeExcerpt. */
  readonly excerpt: string
  readonly lineBytes: number
}

export const LINE_REJECT_REASONS = [
  'line_too_long',
  'line_not_utf8',
  'line_not_json',
  'line_not_combined',
  'line_truncated',
  'field_missing',
  'client_missing',
  'client_invalid',
  'client_unauthenticated',
  'integration_invalid',
  'time_invalid',
  'status_invalid',
  'bytes_invalid',
] as const
export type LineRejectReason = (typeof LINE_REJECT_REASONS)[number]

/** Why a record of the log holds no event that can be counted. */
export const RECORD_REJECT_REASONS = [
  'record_empty',
  'record_too_large',
  'schema_unknown',
  'avro_malformed',
  'json_malformed',
  'event_malformed',
  'source_invalid',
  'identity_invalid',
  'client_missing',
  'client_invalid',
  'integration_invalid',
  'time_invalid',
  'time_too_old',
  'time_ahead',
  'status_invalid',
  'bytes_invalid',
  'control_unsigned',
  'signature_invalid',
] as const
export type RecordRejectReason = (typeof RECORD_REJECT_REASONS)[number]
