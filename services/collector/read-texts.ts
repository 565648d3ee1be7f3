import type { LineRejectReason, RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { toLineReason } from '@forbruk/schemas/event/to-line-reason.ts'
import { readOwnNames } from '@forbruk/schemas/gateway/accept-request.ts'
import type { DeclaredFormat, ParsedLine } from '@forbruk/schemas/gateway/gateway-format.ts'
import { type Decoded, decodeRecord } from '@forbruk/schemas/wire/decode.ts'

type Measured = Pick<
  RequestEvent,
  'clientId' | 'integrationId' | 'timeMs' | 'status' | 'requestBytes' | 'responseBytes'
>

/** What a body says, piece by piece: blank lines are none. */
export type Piece =
  | ({ readonly kind: 'request'; readonly requestId: string | null; readonly text: Buffer } & Measured)
  | {
      readonly kind: 'rejected'
      readonly reason: LineRejectReason
      readonly detail: string
      readonly text: Buffer
    }

/** How the texts of one body are read. */
export type ReadTexts = (texts: readonly Buffer[]) => readonly Piece[]

/** By a gateway's format. Of one that names its columns in a file, each body is a file. */
export function readByFormat(format: DeclaredFormat, textBytesMax: number): ReadTexts {
  return texts => {
    const parseLine = format.openFile?.(null).parseLine
    const parse = (text: Buffer) => (parseLine === undefined ? format.parseValue(text) : [parseLine(text)])
    return texts.flatMap(text =>
      text.length > textBytesMax
        ? [tooLong(text, textBytesMax)]
        : parse(text).flatMap(parsed => toPiece(parsed, text)),
    )
  }
}

function toPiece(parsed: ParsedLine, text: Buffer): Piece[] {
  switch (parsed.kind) {
    case 'blank':
      return []
    case 'request':
      return [{ ...parsed, requestId: parsed.requestId ?? null, text }]
    case 'rejected':
      return [{ ...parsed, text }]
  }
}

/** Events in the JSON of our own, as docs/events.md has it. */
export function readOwnEvents(textBytesMax: number): ReadTexts {
  return texts =>
    texts.flatMap(text => {
      if (text.length > textBytesMax) return [tooLong(text, textBytesMax)]
      if (text.toString('latin1').trim() === '') return []
      return decodeRecord(text).map(decoded => ownPiece(decoded, text))
    })
}

function ownPiece(decoded: Decoded, text: Buffer): Piece {
  switch (decoded.kind) {
    case 'request': {
      const { identity } = decoded
      if (identity.kind === 'position') {
        const detail = 'file and position name an order, which HTTP does not keep; expected request_id'
        return { kind: 'rejected', reason: 'field_missing', detail, text }
      }
      const names = readOwnNames(decoded)
      if (names.kind === 'rejected') return { ...names, text }
      const { clientId, integrationId } = names
      const requestId = identity.kind === 'request_id' ? identity.id : null
      return { ...decoded, clientId, integrationId, requestId, text }
    }
    case 'undecodable':
      return { kind: 'rejected', reason: toLineReason(decoded.reason), detail: decoded.detail, text }
    case 'mark':
    case 'rejected_line':
    case 'stream_version':
    case 'stream_limits':
    case 'stream_growth':
    case 'signed': {
      const detail = `expected a request in JSON, found a ${decoded.kind.replace('_', ' ')} in Avro`
      return { kind: 'rejected', reason: 'line_not_json', detail, text }
    }
  }
}

function tooLong(text: Buffer, textBytesMax: number): Piece {
  const detail = `${text.length} bytes; expected at most ${textBytesMax}`
  return { kind: 'rejected', reason: 'line_too_long', detail, text }
}
