import type { RouteAccess } from '../access/route-access.ts'
import { IDEMPOTENCY_KEY_PATTERN } from './answer-once.ts'

type Read = { readonly method: string | readonly string[]; readonly access: RouteAccess | undefined }
type Described = { readonly headers?: unknown; readonly response?: unknown }

/**
 * What the description says of headers that are read for every route alike: a write's key, a read's tag. `Accept` and
 * `Authorization` stand elsewhere there, as content types and security: as parameters they would be ignored.
 */
export function tellHeaders({ method, access }: Read): Described {
  const methods = [method].flat()
  // As answerConditionally reads it.
  if (methods.includes('GET')) {
    return { headers: toHeaders('If-None-Match', IF_NONE_MATCH), response: { 304: NOT_MODIFIED } }
  }
  return methods.includes('POST') && keepsAnswers(access)
    ? { headers: toHeaders('Idempotency-Key', IDEMPOTENCY_KEY) }
    : {}
}

/** As answerOnce takes keys. */
function keepsAnswers(access: RouteAccess | undefined): boolean {
  return access?.role !== 'anybody' && access?.answersSecret !== true && access?.act !== 'import_registry'
}

function toHeaders(name: string, schema: object) {
  return { type: 'object', properties: { [name]: schema } }
}

const IF_NONE_MATCH = {
  type: 'string',
  description: 'the ETag of an answer that the caller has: 304 while it would be the same',
}
const NOT_MODIFIED = { description: 'It says what the answer of this ETag said', type: 'null' }
const IDEMPOTENCY_KEY = {
  type: 'string',
  pattern: IDEMPOTENCY_KEY_PATTERN,
  description: 'the same request under the same key is answered the same for a day, and not done again',
}
