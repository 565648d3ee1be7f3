import { createHash } from 'node:crypto'
import type { OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import type { EventIdentity } from '@forbruk/schemas/event/log-event.ts'
import { makeExcerpt } from '@forbruk/schemas/excerpt/make-excerpt.ts'
import { fingerprintOf, writeFingerprint } from '@forbruk/schemas/rejected/line-fingerprint.ts'
import { encodeRejectedLine, encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import type { Piece } from './read-texts.ts'

/** What makes the requests of one body themselves, where they have no id of their own. */
type BodyKey = {
  /** Told by the sender, the same when the same body is sent again. */
  readonly key: string
  readonly digest: string
}

type Origin = {
  readonly source: string
  readonly bodyKey: BodyKey | null
  /** Of the sender's token: by it a rejected line is known to whoever has the line. */
  readonly fingerprintKey: Buffer | null
  /** The next place of this process's rejected events, which only grow. */
  readonly nextPlace: () => { readonly file: string; readonly position: number }
}

type Records = {
  readonly records: readonly OutgoingRecord[]
  readonly events: number
  readonly rejected: number
}

/**
 * A body's pieces as records of the event log, in their order: a request keyed by its client, a rejected one by its
 * source. None is left out. A request that nothing tells from another is rejected: sent again after a lost answer, it
 * would count twice.
 */
export function toRecords(pieces: readonly Piece[], origin: Origin): Records {
  let events = 0
  const records = pieces.map((piece, index): OutgoingRecord => {
    const identity = piece.kind === 'request' ? identify(piece.requestId, origin, index) : null
    if (piece.kind === 'rejected') return toRejected(piece, origin)
    if (identity === null) return toRejected({ ...NO_IDENTITY, text: piece.text }, origin)
    events += 1
    const { clientId, integrationId, timeMs, status, requestBytes, responseBytes } = piece
    const value = encodeRequest({
      ...{ kind: 'request', source: origin.source, identity, clientId, integrationId, timeMs, status },
      ...{ requestBytes, responseBytes },
    })
    return { value, to: { key: clientId } }
  })
  return { records, events, rejected: records.length - events }
}

export const NO_IDENTITY = {
  kind: 'rejected',
  reason: 'field_missing',
  detail:
    'the request has no id, so that a copy of it could not be told; expected one, or an Idempotency-Key for all of ' +
    'the body',
} as const

export function identify(
  requestId: string | null,
  { bodyKey }: Pick<Origin, 'bodyKey'>,
  index: number,
): Extract<EventIdentity, { readonly kind: 'request_id' }> | null {
  if (requestId !== null) return { kind: 'request_id', id: requestId }
  if (bodyKey === null) return null
  return { kind: 'request_id', id: `${bodyKey.key} ${bodyKey.digest} ${index}` }
}

/**
 * The body stands beside the key: a shipper that sends one fixed key with all that it has must not have its requests
 * taken for copies. The source does too, since two senders may number alike.
 */
export function toBodyKey(key: string, source: string, body: Buffer): BodyKey {
  const digest = createHash('sha256').update(`${source}\n`).update(body).digest('hex').slice(0, 32)
  return { key, digest }
}

/** What a process has of a token that nobody who reads the log or the store has. */
export function fingerprintKeyOf(tokenHash: string): Buffer {
  return Buffer.from(tokenHash, 'hex')
}

function toRejected(
  { reason, detail, text }: Extract<Piece, { kind: 'rejected' }>,
  { source, fingerprintKey, nextPlace }: Origin,
): OutgoingRecord {
  const value = encodeRejectedLine({
    kind: 'rejected_line',
    source,
    ...nextPlace(),
    reason,
    detail: fingerprintKey === null ? detail : writeFingerprint(detail, fingerprintOf(text, fingerprintKey)),
    excerpt: makeExcerpt(text),
    lineBytes: text.length,
  })
  return { value, to: { key: source } }
}
