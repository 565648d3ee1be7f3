import type { AccessToken } from '@forbruk/schemas/access/access-token.ts'
import type { Store } from '../store/store.ts'
import { accessRevocation, accessToken } from '../store/tables/access-token.ts'
import { bool, isoTime, safeCount, text } from '../store/tables/codec.ts'
import { type RowOf, select, shapeOf } from '../store/tables/table.ts'

const { list, shape } = select(accessToken)

/** More than anybody makes; of sessions in force, the newest. */
const TOKENS_MAX = 10_000

const IN_FORCE = `name NOT IN (SELECT name FROM access_revocation)
    AND (expires_at IS NULL OR expires_at > fromUnixTimestamp64Milli({now:Int64}, 'UTC'))`

type StoredToken = RowOf<typeof accessToken>

type TokensInForce = {
  readonly tokens: readonly StoredToken[]
  /** That none is in force now doesn't make it true that nobody ever asked for one. */
  readonly wasAnyMade: boolean
}

/** @param nowMs milliseconds since the epoch */
export async function readTokensInForce(store: Store, nowMs: number): Promise<TokensInForce> {
  const sql = `SELECT ${list} FROM access_token WHERE ${IN_FORCE}
    ORDER BY kind = 'session', made_at DESC LIMIT ${TOKENS_MAX}`
  const tokens = await store.query(sql, shape, { now: nowMs })
  if (tokens.length > 0) return { tokens, wasAnyMade: true }
  const [row] = await store.query('SELECT count() AS made FROM access_token', shapeOf({ made: safeCount }))
  return { tokens, wasAnyMade: row !== undefined && row.made > 0 }
}

/** Every token that was made, and the sessions in force, by name. */
export async function listTokens(store: Store, nowMs: number): Promise<AccessToken[]> {
  const sql = `
SELECT t.* EXCEPT hash, r.name != '' AS is_revoked, r.revoked_at AS revoked_at, r.revoked_by AS revoked_by,
    r.reason AS reason
FROM (SELECT ${list} FROM access_token WHERE kind = 'token' OR (${IN_FORCE})) AS t
LEFT JOIN access_revocation AS r ON r.name = t.name
ORDER BY kind = 'session', name LIMIT ${TOKENS_MAX}`
  const rows = await store.query(sql, listedShape, { now: nowMs })
  return rows.map(({ isRevoked, revokedAt, revokedBy, reason, ...token }) => ({
    ...token,
    revoked: isRevoked ? { at: revokedAt, by: revokedBy, reason } : null,
  }))
}

const { hash: _hash, ...told } = accessToken.columns
const listedShape = shapeOf({ ...told, isRevoked: bool, revokedAt: isoTime, revokedBy: text, reason: text })

/** Of one name; null where nobody made it. */
export async function readTokenRow(store: Store, name: string): Promise<StoredToken | null> {
  const sql = `SELECT ${list} FROM access_token WHERE name = {name:String} LIMIT 1`
  const [row] = await store.query(sql, shape, { name })
  return row ?? null
}

export async function readRevocation(
  store: Store,
  name: string,
): Promise<RowOf<typeof accessRevocation> | null> {
  const revocation = select(accessRevocation)
  const sql = `SELECT ${revocation.list} FROM access_revocation WHERE name = {name:String} LIMIT 1`
  const [row] = await store.query(sql, revocation.shape, { name })
  return row ?? null
}
