import { readStatus } from '@forbruk/schemas/event/answered-with.ts'
import type { LineRejectReason } from '@forbruk/schemas/event/log-event.ts'
import { makeExcerpt } from '@forbruk/schemas/excerpt/make-excerpt.ts'
import { encodeRejectedLine, encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import type { Piece } from './piece.ts'
import { type Place, positionOf } from './place.ts'

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
export function toRecord(piece: Piece, place: Place, origin: Origin): TakenRecord {
  switch (piece.kind) {
    case 'blank':
      return piece
    case 'request':
      return toRequest(piece, place, origin)
    case 'rejected':
      return toRejected(piece, place, origin)
  }
}

type PieceOf<Kind extends Piece['kind']> = Extract<Piece, { readonly kind: Kind }>

function toRequest(request: PieceOf<'request'>, place: Place, { source, file }: Origin): TakenRecord {
  const { requestId: id, clientId, integrationId, timeMs, status, requestBytes, responseBytes } = request
  // Made by the gateway: it tells what the shipper sent twice, which then stands at two places.
  const identity =
    id === undefined
      ? ({ kind: 'position', file, position: positionOf(place) } as const)
      : ({ kind: 'request_id', id } as const)
  const value = encodeRequest({
    ...{ kind: 'request', source, identity, clientId, integrationId, timeMs, status },
    ...{ requestBytes, responseBytes },
  })
  return { kind: 'request', key: clientId, value, timeMs, hasRequestId: id !== undefined }
}

function toRejected(piece: PieceOf<'rejected'>, place: Place, { source, file }: Origin): TakenRecord {
  const { reason, detail, bytes } = piece
  const where = `it was read at ${file}, offset ${place.offset}, line ${place.index + 1}`
  const value = encodeRejectedLine({
    kind: 'rejected_line',
    source,
    file,
    position: positionOf(place),
    reason,
    detail: `${detail}; ${where}`,
    excerpt: makeExcerpt(bytes),
    lineBytes: bytes.length,
  })
  const isAlarming = !isOfCaller(reason, detail)
  return { kind: 'rejected', key: source, value, hasRequestId: false, isAlarming, detail }
}

/** Whom the gateway turned away it can't name, and anybody can be turned away as often as they like. */
function isOfCaller(reason: LineRejectReason, detail: string): boolean {
  if (reason === 'client_unauthenticated') return true
  if (reason !== 'client_missing' && reason !== 'client_invalid') return false
  const status = readStatus(detail) ?? 200
  return status === 0 || status >= 400
}
