import { EVENT_BYTES_MAX, isTime, NAME_CHARACTERS_MAX } from '../../event/check-request.ts'
import type { ScannedRequest, TextRange } from './scanned-request.ts'

/**
 * What `findRequestFault` finds nothing wrong with, for names that are known to be printable ASCII and numbers that are
 * known to be whole and not negative.
 */
export function isAcceptable(request: ScannedRequest): boolean {
  return (
    isName(request.client) &&
    (lengthOf(request.integration) === 0 || isName(request.integration)) &&
    (lengthOf(request.source) === 0 || isName(request.source)) &&
    (request.identity === 'none' || isName(request.identityText)) &&
    isTime(request.timeMs) &&
    (request.status === 0 || (request.status >= 100 && request.status <= 599)) &&
    request.requestBytes <= EVENT_BYTES_MAX &&
    request.responseBytes <= EVENT_BYTES_MAX
  )
}

function isName(range: TextRange): boolean {
  const length = lengthOf(range)
  return length > 0 && length <= NAME_CHARACTERS_MAX
}

function lengthOf({ start, end }: TextRange): number {
  return end - start
}
