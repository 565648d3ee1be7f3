import { randomUUID } from 'node:crypto'
import type { AccessToken, NewToken } from '@forbruk/schemas/access/access-token.ts'
import type { Role } from '@forbruk/schemas/access/role.ts'
import { putIfAbsent } from '../store/put-if-absent.ts'
import type { Store } from '../store/store.ts'
import { accessToken } from '../store/tables/access-token.ts'
import type { Values } from '../store/tables/table.ts'
import { readTokenRow } from './read-tokens.ts'
import { TokenRefusedError } from './refusal.ts'
import { hashSecret, makeSecret } from './secret.ts'

type Making = {
  readonly store: Store
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** `secret` is what its holder presents: nobody can be told it again. */
export type MadeToken = { readonly secret: string; readonly token: AccessToken }

const DAY_MS = 86_400_000

/** A token of a name that no other has or had. Throws TokenRefusedError. */
export function makeToken(
  { store, clock }: Making,
  { name, roles, clientId, partnerId, expiresAfterDays }: NewToken,
  madeBy: string,
): Promise<MadeToken> {
  const nowMs = clock()
  const expiresAt =
    expiresAfterDays === null ? null : new Date(nowMs + expiresAfterDays * DAY_MS).toISOString()
  const madeAt = new Date(nowMs).toISOString()
  const who = { name, kind: 'token', actor: name, madeBy } as const
  return put(store, { ...who, roles, clientId, partnerId, madeAt, expiresAt })
}

/** What a person who logged in presents until it ends. No name of a token has a colon. */
export function beginSession(
  { store, clock }: Making,
  { actor, roles, durationMs }: SessionOf,
): Promise<MadeToken> {
  const nowMs = clock()
  const [madeAt, expiresAt] = [nowMs, nowMs + durationMs].map(each => new Date(each).toISOString())
  if (madeAt === undefined || expiresAt === undefined) throw new RangeError(`${nowMs} is no time`)
  const who = { name: `session:${randomUUID()}`, kind: 'session', actor, madeBy: actor } as const
  return put(store, { ...who, roles, clientId: null, partnerId: null, madeAt, expiresAt })
}

type SessionOf = {
  readonly actor: string
  readonly roles: readonly Role[]
  readonly durationMs: number
}

type TokenRow = Omit<Values<(typeof accessToken)['columns']>, 'hash'>

async function put(store: Store, row: TokenRow): Promise<MadeToken> {
  const secret = makeSecret()
  const hash = hashSecret(secret)
  const held = await putIfAbsent({
    store,
    table: accessToken,
    values: [{ ...row, hash }],
    key: row.name,
    read: () => readTokenRow(store, row.name),
    isOurs: found => found.hash === hash,
  })
  if (held.hash !== hash) throw new TokenRefusedError(row.name, held.madeBy, held.madeAt)
  return { secret, token: { ...row, revoked: null } }
}
