import type { ActPage } from '@forbruk/infra/access/read-acts.ts'
import type { AccessToken, NewToken } from '@forbruk/schemas/access/access-token.ts'
import type { ActEntry, ActOutcome, KnownAct } from '@forbruk/schemas/access/act.ts'
import type { TokenInForce } from './identify-caller.ts'

/** What the console asks and has done about who may use it. Each may throw StoreError or StoreUnavailableError. */
export type AccessOperations = {
  /** `wasAnyMade`: also where none holds any more. */
  readTokensInForce(): Promise<{ readonly tokens: readonly TokenInForce[]; readonly wasAnyMade: boolean }>
  /** Those that were made, and the sessions in force. */
  listTokens(): Promise<readonly AccessToken[]>
  makeToken(token: NewToken, madeBy: string): Promise<TokenAnswer>
  /** What a person who logged in presents until it ends. */
  beginSession(person: Pick<AccessToken, 'actor' | 'roles'>): Promise<{ readonly secret: string }>
  /** Recorded before it is done; answers the id by which its end is recorded. */
  beginAct(act: KnownAct): Promise<string>
  endAct(entryId: string, act: KnownAct, outcome: ActOutcome): Promise<void>
  /** What was done at once. */
  recordActs(acts: readonly KnownAct[]): Promise<void>
  /** Newest first, from before an entry on. */
  listActs(page: ActPage): Promise<readonly ActEntry[]>
  /** False: there is no token of that name. */
  revokeToken(
    name: string,
    revocation: { readonly revokedBy: string; readonly reason: string },
  ): Promise<boolean>
}

type TokenAnswer =
  /** What its holder presents, which nobody is told again. */
  | { readonly kind: 'made'; readonly secret: string; readonly token: AccessToken }
  | { readonly kind: 'refused'; readonly detail: string }
