import type { RouteAccess } from '../access/route-access.ts'
import { IDEMPOTENCY_KEY_PATTERN } from './answer-once.ts'

type Written = { readonly method: string | readonly string[]; readonly access: RouteAccess | undefined }

/**
 * What the description says of a header that is read for every write alike: its key. `Accept` and `Authorization` stand
 * elsewhere there, as content types and security: as parameters they would be ignored.
 */
export function tellHeaders({ method, access }: Written): { readonly headers?: unknown } {
  if (![method].flat().includes('POST') || !keepsAnswers(access)) return {}
  return { headers: { type: 'object', properties: { 'Idempotency-Key': IDEMPOTENCY_KEY } } }
}

/** As answerOnce takes keys. */
function keepsAnswers(access: RouteAccess | undefined): boolean {
  return access?.role !== 'anybody' && access?.answersSecret !== true && access?.act !== 'import_registry'
}

const IDEMPOTENCY_KEY = {
  type: 'string',
  pattern: IDEMPOTENCY_KEY_PATTERN,
  description: 'the same request under the same key is answered the same for a day, and not done again',
}
