import { hashSecret, isSameHash } from '@forbruk/infra/access/secret.ts'
import type { AccessToken } from '@forbruk/schemas/access/access-token.ts'
import { EVERYTHING, toScope } from '@forbruk/schemas/access/scope.ts'
import type { Caller } from './caller.ts'

/** A token that holds now. `hash` is SHA-256 in hex of what is presented. */
export type TokenInForce = Omit<AccessToken, 'madeAt' | 'madeBy' | 'revoked'> & { readonly hash: string }

export type Door = {
  /** Only this machine reaches the console. */
  readonly isLoopback: boolean
  /** FORBRUK_API_TOKEN: an administrator's. */
  readonly apiToken: string | null
  /** People can log in at a provider. */
  readonly hasLogin: boolean
}

/**
 * Pure: who needs not say who they are. On one machine that has no tokens, everybody with an account there, for
 * everything; where FORBRUK_API_TOKEN alone is set, for reading. From the first other token on nobody: a proxy on this
 * machine would let everybody in, and a token that sees one client would be worth less than none.
 */
export function admitUnnamed({ isLoopback, apiToken, hasLogin }: Door, wasAnyMade: boolean): Caller | null {
  if (!isLoopback || hasLogin || wasAnyMade) return null
  const roles = apiToken === null ? (['admin'] as const) : (['reader'] as const)
  return { actor: null, via: 'loopback', roles, scope: EVERYTHING, token: null, expiresAt: null }
}

/** Pure: whoever holds FORBRUK_API_TOKEN, or null. */
export function identifyBySetting(secret: string, { apiToken }: Door): Caller | null {
  if (apiToken === null || !isSameHash(hashSecret(secret), hashSecret(apiToken))) return null
  const known = { actor: 'FORBRUK_API_TOKEN', via: 'setting', roles: ['admin'] } as const
  return { ...known, scope: EVERYTHING, token: null, expiresAt: null }
}

/** Pure: who holds one of these, or null. */
export function identifyByToken(
  secret: string,
  tokens: ReadonlyMap<string, TokenInForce>,
  nowMs: number,
): Caller | null {
  const hash = hashSecret(secret)
  const token = tokens.get(hash)
  if (token === undefined || !isSameHash(hash, token.hash)) return null
  const { actor, kind, roles, name, expiresAt } = token
  if (expiresAt !== null && Date.parse(expiresAt) <= nowMs) return null
  return { actor, via: kind, roles, scope: toScope(token), token: name, expiresAt }
}
