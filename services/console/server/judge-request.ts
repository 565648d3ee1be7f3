import { timingSafeEqual } from 'node:crypto'
import { digestOfBearer, digestToken } from '@forbruk/infra/runtime/bearer-token.ts'
import { judgeProvenance, type Provenance } from '@forbruk/infra/runtime/judge-provenance.ts'
import type { Problem } from './problem.ts'

/** What decides whether a request is looked at, before any of its body is read. */
export type RequestFacts = {
  readonly isWrite: boolean
  /** A health check, or the description of the API: of nobody's business in particular. */
  readonly isPublic: boolean
  readonly provenance: Provenance
  readonly contentType: string | undefined
  readonly authorization: string | undefined
}

export type AccessPolicy = {
  /** Only this machine reaches the console. */
  readonly isLoopback: boolean
  readonly token: string | null
}

/**
 * Pure: why a request is refused, or null. On loopback whoever reaches the console may read, and write unless a token
 * is set; a page elsewhere, opened in a browser on this machine, may do neither. On any other address the token is
 * needed for both.
 */
export function judgeRequest(facts: RequestFacts, { isLoopback, token }: AccessPolicy): Problem | null {
  const foreign = judgeProvenance(facts.provenance, { isLoopback, isForeignAllowed: !facts.isWrite })
  if (foreign !== null) return { kind: 'origin_foreign', status: 403, detail: foreign }
  const needsToken = token !== null && !facts.isPublic && (facts.isWrite || !isLoopback)
  if (needsToken && !timingSafeEqual(digestOfBearer(facts.authorization), digestToken(token))) {
    const detail = 'expected «Authorization: Bearer …» with the token of FORBRUK_API_TOKEN'
    return { kind: 'token_missing', status: 401, detail }
  }
  // A form or a script without permission can send other types from anywhere; this one makes a browser ask first.
  if (facts.isWrite && !/^application\/json\s*(;|$)/i.test(facts.contentType ?? '')) {
    return { kind: 'request_malformed', status: 415, detail: 'expected Content-Type: application/json' }
  }
  return null
}
