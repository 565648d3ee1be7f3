import type { IncomingHttpHeaders } from 'node:http'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import type { DeclaredFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import { GatewayFormatError } from '@forbruk/schemas/gateway/gateway-format-error.ts'
import { isBinaryCloudEvent } from './binary-cloudevent.ts'
import { BOUNDS } from './bounds.ts'
import { type ReadTexts, readByFormat, readOwnEvents } from './read-texts.ts'
import { malformed, RefusedError } from './refusal.ts'
import type { Sender } from './sender.ts'

type Reading = {
  readonly readTexts: ReadTexts
  /** The attributes of a CloudEvent stand in the headers. */
  readonly isBinary: boolean
  /** Told by the sender for all of the body. */
  readonly key: string | null
}

/** What a request says of its body, beside the body. */
type Request = {
  readonly headers: IncomingHttpHeaders
  readonly query: URLSearchParams
  /** At a path of OpenMeter's. */
  readonly isOpenMeter: boolean
}

export const OWN_EVENTS = 'events'

/** How a body is read: asked before it is. Throws RefusedError where it would tell nothing that can be counted once. */
export function chooseReading(sender: Sender, { headers, query, isOpenMeter }: Request): Reading {
  const named = readFormatName(query)
  const isBinary = isBinaryCloudEvent(headers)
  const isCloudEvent = isBinary || /^application\/cloudevents/i.test(headers['content-type'] ?? '')
  const untold = isOpenMeter ? 'openmeter' : isCloudEvent ? 'cloudevents' : OWN_EVENTS
  const key = readKey(headers['idempotency-key'])
  const format = chooseFormat(sender, named, untold)
  if (format === null) return { readTexts: readOwnEvents(BOUNDS.textBytesMax), isBinary, key }
  if (!format.isIdentified && key === null) throw unidentified(format)
  return { readTexts: readByFormat(format, BOUNDS.textBytesMax), isBinary, key }
}

function readFormatName(query: URLSearchParams): string | null {
  const unknown = [...query.keys()].find(name => name !== 'format')
  if (unknown !== undefined)
    throw malformed(400, 'a parameter of the query is unknown; expected format alone')
  const [name = null, ...more] = query.getAll('format')
  if (more.length > 0) throw malformed(400, 'format is there twice')
  return name
}

/** Null for events of our own. */
function chooseFormat({ format }: Sender, named: string | null, untold: string): DeclaredFormat | null {
  if (format !== null) {
    if (named === null || named === format.name) return format
    throw malformed(400, `the token is for the format ${format.name}; expected no other`)
  }
  const name = named ?? untold
  return name === OWN_EVENTS ? null : open(name)
}

const opened = new Map<string, DeclaredFormat>()

/** There are as many as are known, which bounds what is kept. */
function open(name: string): DeclaredFormat {
  const known = opened.get(name)
  if (known !== undefined) return known
  try {
    const format = openGatewayFormat(name)
    opened.set(name, format)
    return format
  } catch (error) {
    if (error instanceof GatewayFormatError) {
      throw malformed(400, `${error.message}; with fields of your choice a format is bound to a token`)
    }
    throw error
  }
}

/** Such as a header can carry; in quotes or without. */
export const KEY_PATTERN = /^[\x21-\x7e]{1,128}$/

function readKey(header: string | string[] | undefined): string | null {
  if (header === undefined) return null
  if (typeof header === 'string' && KEY_PATTERN.test(header)) return header
  throw malformed(400, 'expected 1 to 128 printable characters without spaces in Idempotency-Key')
}

function unidentified({ name }: DeclaredFormat): RefusedError {
  const detail =
    `a request in ${name} has no id that the format vouches for, so that one sent again would count twice; ` +
    'expected an Idempotency-Key that stays when the body is sent again, or a token with requestIdField'
  return new RefusedError({ kind: 'identity_missing', status: 422, detail })
}
