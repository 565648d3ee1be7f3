import type { AccessToken, NewToken } from '@forbruk/schemas/access/access-token.ts'
import type { TokenInForce } from './identify-caller.ts'

/** What the console asks and has done about who may use it. Each may throw StoreError or StoreUnavailableError. */
export type AccessOperations = {
  /** `wasAnyMade`: also where none holds any more. */
  readTokensInForce(): Promise<{ readonly tokens: readonly TokenInForce[]; readonly wasAnyMade: boolean }>
  /** Those that were made, and the sessions in force. */
  listTokens(): Promise<readonly AccessToken[]>
  makeToken(token: NewToken, madeBy: string): Promise<TokenAnswer>
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
