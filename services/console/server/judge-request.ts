import { judgeProvenance, type Provenance } from '@forbruk/infra/runtime/judge-provenance.ts'
import type { Problem } from './problem.ts'

/** What decides whether a request is looked at, before any of its body is read. */
export type RequestFacts = {
  readonly isWrite: boolean
  readonly provenance: Provenance
  readonly contentType: string | undefined
}

type Place = {
  /** Only this machine reaches the console. */
  readonly isLoopback: boolean
  /** Where browsers reach it, by a proxy; null: at the address that is listened on. */
  readonly publicUrl: URL | null
}

/**
 * Pure: why a request is refused for where it comes from and how it is written, or null. A page elsewhere, opened in a
 * browser on this machine, may neither read nor write. Who asks is another question.
 */
export function judgeRequest(facts: RequestFacts, { isLoopback, publicUrl }: Place): Problem | null {
  const provenance = publicUrl === null ? facts.provenance : seenBehind(facts.provenance, publicUrl)
  const foreign = judgeProvenance(provenance, { isLoopback, isForeignAllowed: !facts.isWrite })
  if (foreign !== null) return { kind: 'origin_foreign', status: 403, detail: foreign }
  // A form or a script without permission can send other types from anywhere; this one makes a browser ask first.
  if (facts.isWrite && !/^application\/json\s*(;|$)/i.test(facts.contentType ?? '')) {
    return { kind: 'request_malformed', status: 415, detail: 'expected Content-Type: application/json' }
  }
  return null
}

/** Of its own name and pages, as a proxy passes them on, with Host or without. No other name than that one is taken. */
function seenBehind(provenance: Provenance, publicUrl: URL): Provenance {
  return {
    ...provenance,
    host: provenance.host === publicUrl.host ? 'localhost' : provenance.host,
    origin: provenance.origin === publicUrl.origin ? undefined : provenance.origin,
  }
}
