import type { RequestEvent, SignedRecord } from '@forbruk/schemas/event/log-event.ts'
import type { GatewayFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import { type Decoded, decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { toJsonRequest } from '@forbruk/schemas/wire/encode.ts'
import { type Coordinates, RejectedEventError, showCoordinates } from './coordinates.ts'

/**
 * What makes a rejected event right: the whole corrected line, fields that replace those it has, or the request that
 * its own line is by a format that was mended.
 */
export type Mend = {
  /** Whoever mends it vouches for its time, which then need not lie near the time at which the log gets it. */
  readonly timeVouched?: true
} & (
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, string | number>> }
  | { readonly kind: 'request'; readonly request: Measured }
)

export type Measured = Omit<RequestEvent, 'kind' | 'source' | 'identity'> & {
  /** The gateway's own, where that is how its requests are known. */
  readonly requestId?: string
}

/** What releases up to 0.2.0 wrote in the place of a secret: the log still has lines of theirs. */
const REDACTED = '[redacted]'

/**
 * Pure: the request that a rejected event becomes. Of a line that a shipper could not read the log holds only an
 * excerpt without its values; where an older release kept the whole line as JSON, fields can be replaced in it. Throws
 * RejectedEventError.
 * @param openFormat how the lines of its source are read; asked for a line alone
 */
export function buildMended(
  at: Coordinates,
  value: Buffer | null,
  mend: Mend,
  openFormat: () => GatewayFormat,
): Measured {
  const event = unwrap(at, decodeRecord(value)[at.eventIndex])
  const measured = readMended(at, value, event, mend, openFormat)
  if (mend.timeVouched) return { ...measured, timeVouched: true }
  if (event?.kind === 'request' && event.timeMs === measured.timeMs) {
    throw fault(at, 'mended it has the time for which it was rejected; give another one, or vouch for it')
  }
  return measured
}

/** Of a record whose signature was not the stream's, what it says. */
function unwrap(at: Coordinates, event: Decoded | undefined): Exclude<Decoded, SignedRecord> | undefined {
  if (event?.kind !== 'signed') return event
  if (event.event.kind === 'request') return event.event
  throw fault(at, 'it says how the stream is counted, and is no request: waive it')
}

function readMended(
  at: Coordinates,
  value: Buffer | null,
  event: Exclude<Decoded, SignedRecord> | undefined,
  mend: Mend,
  openFormat: () => GatewayFormat,
): Measured {
  if (mend.kind === 'request') return mend.request
  if (mend.kind === 'line') return identify(event, readLine(at, mend.line, openFormat()))
  if (event?.kind === 'rejected_line') {
    const line = JSON.stringify({ ...readObject(at, event.excerpt), ...mend.fields })
    return identify(event, readLine(at, line, openFormat()))
  }
  const [mended] = decodeRecord(
    Buffer.from(JSON.stringify({ ...readFields(at, value, event), ...readNumbers(mend.fields) })),
  )
  if (mended?.kind === 'request') return mended
  throw fault(
    at,
    `mended it is rejected again: ${mended?.kind === 'undecodable' ? mended.detail : 'no request'}`,
  )
}

/** A line of a shipper's topic, `TOPIC/0`, is known by its gateway's id, as its copies are; one of a file is not. */
function identify(event: Decoded | undefined, { requestId, ...measured }: Measured): Measured {
  const isOfTopic = event?.kind === 'rejected_line' && event.file.includes('/')
  return isOfTopic && requestId !== undefined ? { ...measured, requestId } : measured
}

const NUMBERS = ['time', 'status', 'request_bytes', 'response_bytes']

/** A command line knows texts alone: a whole number of an event's own fields is one. */
function readNumbers(fields: Readonly<Record<string, string | number>>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const isNumber = NUMBERS.includes(name) && /^\d{1,15}$/.test(String(value))
      return [name, isNumber ? Number(value) : value]
    }),
  )
}

/** Of a request that was rejected for its time, or of a record that was no request. */
function readFields(at: Coordinates, value: Buffer | null, event: Decoded | undefined): object {
  if (event?.kind === 'request') return toJsonRequest(event)
  if (event?.kind === 'undecodable') return readElement(at, value?.toString('utf8') ?? '')
  throw fault(at, 'it is no rejected event in the log; check the topic')
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
  throw fault(at, 'of the line only its shape is kept; give the whole corrected line (--mends)')
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
