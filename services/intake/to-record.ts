import { STATUS_IN_DETAIL } from '@forbruk/schemas/event/answered-with.ts'
import type { LineRejectReason, RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { redactExcerpt } from '@forbruk/schemas/event/redact.ts'
import type { GatewayFormat, ParsedLine } from '@forbruk/schemas/gateway/gateway-format.ts'
import { encodeRejectedLine, encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import type { Piece } from './piece.ts'
import { type Place, positionOf } from './place.ts'

/** Longer is no line of a log, and no record of ours. */
const LINE_BYTES_MAX = 1_048_576

type Origin = { readonly source: string; readonly file: string }

type TakenRecord =
  | {
      readonly kind: 'request'
      readonly key: string
      readonly value: Buffer
      readonly timeMs: number
      readonly hasRequestId: boolean
    }
  /** `isAlarming`: not because of what a caller did, so that many of them speak of a wrong format. */
  | {
      readonly kind: 'rejected'
      readonly key: string
      readonly value: Buffer
      readonly hasRequestId: false
      readonly isAlarming: boolean
      readonly detail: string
    }
  | { readonly kind: 'blank' }

/** A piece as a record of the event log: a request keyed by its client, a rejected line by its source. Pure. */
export function toRecord(
  piece: Piece,
  place: Place,
  origin: Origin,
  format: Pick<GatewayFormat, 'parseLine'>,
): TakenRecord {
  const identity = { kind: 'position', file: origin.file, position: positionOf(place) } as const
  if (piece.kind === 'event') {
    const { event } = piece
    // Made by the gateway: it tells what the shipper sent twice, which then stands at two places.
    const own = event.identity.kind === 'request_id' ? event.identity : identity
    return toRequest({ ...event, source: origin.source, identity: own })
  }
  const parsed = piece.kind === 'line' ? parse(piece.bytes, format) : piece
  switch (parsed.kind) {
    case 'blank':
      return parsed
    case 'request':
      return toRequest({ ...parsed, source: origin.source, identity })
    case 'rejected':
      return toRejected(parsed, piece.bytes, place, origin)
  }
}

function toRequest(event: RequestEvent): TakenRecord {
  const hasRequestId = event.identity.kind === 'request_id'
  return {
    kind: 'request',
    key: event.clientId,
    value: encodeRequest(event),
    timeMs: event.timeMs,
    hasRequestId,
  }
}

function parse(bytes: Uint8Array, format: Pick<GatewayFormat, 'parseLine'>): ParsedLine {
  if (bytes.length <= LINE_BYTES_MAX) return format.parseLine(bytes)
  const detail = `${bytes.length} bytes; expected at most ${LINE_BYTES_MAX}`
  return { kind: 'rejected', reason: 'line_too_long', detail }
}

type Rejected = { readonly reason: LineRejectReason; readonly detail: string }

function toRejected(
  { reason, detail }: Rejected,
  bytes: Uint8Array,
  place: Place,
  origin: Origin,
): TakenRecord {
  const { source, file } = origin
  const where = `it was read at ${file}, offset ${place.offset}, line ${place.index + 1}`
  const value = encodeRejectedLine({
    kind: 'rejected_line',
    source,
    file,
    position: positionOf(place),
    reason,
    detail: `${detail}; ${where}`,
    excerpt: redactExcerpt(bytes),
    lineBytes: bytes.length,
  })
  return {
    kind: 'rejected',
    key: source,
    value,
    hasRequestId: false,
    isAlarming: !isOfCaller(reason, detail),
    detail,
  }
}

/** Whom the gateway turned away it can't name, and anybody can be turned away as often as they like. */
function isOfCaller(reason: LineRejectReason, detail: string): boolean {
  if (reason === 'client_unauthenticated') return true
  if (reason !== 'client_missing' && reason !== 'client_invalid') return false
  const status = Number(new RegExp(STATUS_IN_DETAIL).exec(detail)?.[1] ?? 200)
  return status === 0 || status >= 400
}
