import type { AccessOperations } from '@forbruk/console/access/operations.ts'
import { SESSION_MS } from '@forbruk/console/access/session-time.ts'
import { beginSession, makeToken } from '@forbruk/infra/access/make-token.ts'
import { readActs } from '@forbruk/infra/access/read-acts.ts'
import { listTokens, readTokensInForce } from '@forbruk/infra/access/read-tokens.ts'
import { beginAct, endAct, recordActs } from '@forbruk/infra/access/record-act.ts'
import { TokenRefusedError, TokenUnknownError } from '@forbruk/infra/access/refusal.ts'
import { revokeToken } from '@forbruk/infra/access/revoke-token.ts'
import type { Store } from '@forbruk/infra/store/store.ts'

/** @param clock milliseconds since the epoch */
export function createAccessOperations(store: Store, clock: () => number): AccessOperations {
  const recorder = { store, clock }
  return {
    beginSession: person => beginSession({ store, clock }, { ...person, durationMs: SESSION_MS }),
    beginAct: act => beginAct(recorder, act),
    endAct: (entryId, act, outcome) => endAct(recorder, entryId, act, outcome),
    recordActs: acts => recordActs(recorder, acts),
    listActs: page => readActs(store, page),
    readTokensInForce: () => readTokensInForce(store, clock()),
    listTokens: () => listTokens(store, clock()),
    async makeToken(token, madeBy) {
      try {
        return { kind: 'made', ...(await makeToken({ store, clock }, token, madeBy)) }
      } catch (error) {
        if (error instanceof TokenRefusedError) return { kind: 'refused', detail: error.message }
        throw error
      }
    },
    async revokeToken(name, revocation) {
      try {
        await revokeToken({ store, clock, name, ...revocation })
        return true
      } catch (error) {
        if (error instanceof TokenUnknownError) return false
        throw error
      }
    },
  }
}
