import type { IncomingHttpHeaders } from 'node:http'
import { readBearer } from '@forbruk/infra/access/secret.ts'
import { judgeProvenance, readProvenance } from '@forbruk/infra/runtime/judge-provenance.ts'
import type { Refusal } from './refusal.ts'
import { findHolder, type Sender, type TokenHolder } from './sender.ts'

export type AccessPolicy = {
  /** Only this machine reaches the port. */
  readonly isLoopback: boolean
  /** Null where none is needed, which is on loopback alone: whoever has an account on the machine may send. */
  readonly holders: readonly TokenHolder[] | null
}

/** Under which name events stand whose sender needs no token. */
const SOURCE_WITHOUT_TOKEN = 'http'

/** Pure: who sends this, or why nobody may. Asked before anything of a body is read. */
export function judgeRequest(
  headers: IncomingHttpHeaders,
  { isLoopback, holders }: AccessPolicy,
): Sender | Refusal {
  const foreign = judgeProvenance(readProvenance(headers), { isLoopback, isForeignAllowed: false })
  if (foreign !== null) return { kind: 'origin_foreign', status: 403, detail: foreign }
  if (holders === null) return { source: SOURCE_WITHOUT_TOKEN, format: null, tokenHash: null }
  const holder = findHolder(holders, readBearer(headers.authorization))
  if (holder !== null) return holder
  const detail = 'expected «Authorization: Bearer …» with a token of FORBRUK_COLLECTOR_TOKENS'
  return { kind: 'token_missing', status: 401, detail }
}
