import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import type { GatewayFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { type Coordinates, RejectedEventError, showCoordinates } from './coordinates.ts'

/** What makes a rejected event right: the whole corrected line, or fields that replace those it has. */
export type Mend =
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, string | number>> }

type Measured = Omit<RequestEvent, 'kind' | 'source' | 'identity'>

const REDACTED = '[redacted]'

/**
 * Pure: the request that a rejected event becomes. Of a line that a shipper could not read the log holds only the
 * redacted start; where that is the whole line as JSON, fields can be replaced in it. Throws RejectedEventError.
 */
export function buildMended(
  at: Coordinates,
  value: Buffer | null,
  mend: Mend,
  format: GatewayFormat,
): Measured {
  if (mend.kind === 'line') return readLine(at, mend.line, format)
  const event = decodeRecord(value)[at.eventIndex]
  if (event?.kind === 'rejected_line') {
    return readLine(at, JSON.stringify({ ...readObject(at, event.excerpt), ...mend.fields }), format)
  }
  if (event?.kind !== 'undecodable') throw fault(at, 'it is no rejected event in the log; check the topic')
  const object = { ...readElement(at, value?.toString('utf8') ?? ''), ...mend.fields }
  const [mended] = decodeRecord(Buffer.from(JSON.stringify(object)))
  if (mended?.kind === 'request') return mended
  throw fault(
    at,
    `mended it is rejected again: ${mended?.kind === 'undecodable' ? mended.detail : 'no request'}`,
  )
}

function readLine(at: Coordinates, line: string, format: GatewayFormat): Measured {
  const parsed = format.parseLine(Buffer.from(line))
  if (parsed.kind !== 'request') {
    const detail = parsed.kind === 'rejected' ? parsed.detail : 'the line is blank'
    throw fault(at, `mended it is rejected again by ${format.name}: ${detail}`)
  }
  if (parsed.clientId.includes(REDACTED) || parsed.integrationId.includes(REDACTED)) {
    throw fault(at, 'a part that is needed was redacted; give the whole corrected line')
  }
  return parsed
}

function readElement(at: Coordinates, text: string): object {
  const json = parseJson(text)
  const element: unknown = Array.isArray(json) ? json[at.eventIndex] : json
  if (typeof element === 'object' && element !== null) return element
  throw fault(at, 'the record is no JSON object; give the whole corrected line')
}

function readObject(at: Coordinates, text: string): object {
  const json = parseJson(text)
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json
  throw fault(
    at,
    'only its redacted start is kept, which is no whole JSON object; give the whole corrected line',
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function fault(at: Coordinates, detail: string): RejectedEventError {
  return new RejectedEventError(`rejected event ${showCoordinates(at)}: ${detail}`)
}
