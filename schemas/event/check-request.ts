import { describeNumber } from '../excerpt/describe-value.ts'
import type { EventIdentity, RequestEvent } from './log-event.ts'

/** 2000-01-01 and 2100-01-01 UTC: a time outside can only be a broken clock or a wrong unit. */
export const EARLIEST_TIME_MS = 946_684_800_000
const LATEST_TIME_MS = 4_102_444_800_000
/** Far above any gateway's body limit, and small enough that a block's sum stays a safe integer. */
export const EVENT_BYTES_MAX = 2 ** 36 - 1
export const NAME_CHARACTERS_MAX = 256
// biome-ignore lint/suspicious/noControlCharactersInRegex: naming them is the point
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/
/** What a decoder puts in place of bytes that are no UTF-8: two broken names must not become one. */
const REPLACEMENT_CHARACTER = '\ufffd'

type CheckedField = 'client' | 'integration' | 'time' | 'status' | 'bytes' | 'source' | 'identity'
type RequestFault = {
  readonly field: CheckedField
  readonly missing: boolean
  readonly detail: string
}

/** The fields of a request event before they were checked. */
export type RequestFields = Omit<RequestEvent, 'kind'>

/**
 * The first thing wrong with a request's fields, or null. The same rules hold for a line that is shipped and for a
 * record that is counted, whoever made it.
 */
export function findRequestFault(event: RequestFields): RequestFault | null {
  if (event.clientId === '') return { field: 'client', missing: true, detail: 'the client is empty' }
  if (!isName(event.clientId)) return fault('client', show(event.clientId), NAME_RULE)
  if (event.integrationId !== '' && !isName(event.integrationId)) {
    return fault('integration', show(event.integrationId), NAME_RULE)
  }
  if (!isTime(event.timeMs))
    return fault('time', describeNumber(event.timeMs), 'milliseconds between 2000 and 2100')
  if (!isStatus(event.status)) return fault('status', describeNumber(event.status), '0 or 100 to 599')
  if (!isByteCount(event.requestBytes))
    return fault('bytes', `request ${describeNumber(event.requestBytes)}`, BYTES_RULE)
  if (!isByteCount(event.responseBytes))
    return fault('bytes', `response ${describeNumber(event.responseBytes)}`, BYTES_RULE)
  if (event.source !== '' && !isName(event.source)) return fault('source', show(event.source), NAME_RULE)
  const identityFault = findIdentityFault(event.identity)
  return identityFault === null ? null : fault('identity', identityFault.found, identityFault.expected)
}

function findIdentityFault(identity: EventIdentity): { found: string; expected: string } | null {
  switch (identity.kind) {
    case 'position':
      if (!isName(identity.file)) return { found: `file ${show(identity.file)}`, expected: NAME_RULE }
      if (!isPosition(identity.position)) {
        return {
          found: `position ${describeNumber(identity.position)}`,
          expected: 'a byte position of at least 0',
        }
      }
      return null
    case 'request_id':
      return isName(identity.id) ? null : { found: `request id ${show(identity.id)}`, expected: NAME_RULE }
    case 'none':
      return null
  }
}

const NAME_RULE = `1 to ${NAME_CHARACTERS_MAX} characters of valid UTF-8 without control characters`
const BYTES_RULE = `a whole number from 0 to ${EVENT_BYTES_MAX}`

export function isName(text: string): boolean {
  return (
    text.length > 0 &&
    text.length <= NAME_CHARACTERS_MAX &&
    !CONTROL_CHARACTER.test(text) &&
    !text.includes(REPLACEMENT_CHARACTER) &&
    text.isWellFormed()
  )
}

export function isPosition(position: number): boolean {
  return Number.isSafeInteger(position) && position >= 0
}

export function isTime(timeMs: number): boolean {
  return Number.isSafeInteger(timeMs) && timeMs >= EARLIEST_TIME_MS && timeMs < LATEST_TIME_MS
}

function isByteCount(bytes: number): boolean {
  return Number.isSafeInteger(bytes) && bytes >= 0 && bytes <= EVENT_BYTES_MAX
}

/** NGINX writes 000 when the client went away before a response, hence 0. */
function isStatus(status: number): boolean {
  return Number.isInteger(status) && (status === 0 || (status >= 100 && status <= 599))
}

function fault(field: CheckedField, found: string, expected: string): RequestFault {
  return { field, missing: false, detail: `${field} is ${found}; expected ${expected}` }
}

/** A text that a client may have chosen, or a credential in the wrong field, must not be told of in its own words. */
function show(text: string): string {
  const faults = [
    CONTROL_CHARACTER.test(text) ? 'control characters' : '',
    text.includes(REPLACEMENT_CHARACTER) || !text.isWellFormed() ? 'invalid UTF-8' : '',
  ].filter(found => found !== '')
  return `a text of ${text.length} characters${faults.length === 0 ? '' : ` with ${faults.join(' and ')}`}`
}
