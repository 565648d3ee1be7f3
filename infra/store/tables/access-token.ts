import { TOKEN_KINDS } from '@forbruk/schemas/access/access-token.ts'
import { ROLES } from '@forbruk/schemas/access/role.ts'
import { enumOf, isoTime, listOf, nullable, text, textOrNull } from './codec.ts'
import { declareTable } from './table.ts'

/** By what programs and people are let in: migration 176. */
export const accessToken = declareTable('access_token', {
  name: text,
  kind: enumOf(TOKEN_KINDS),
  hash: text,
  actor: text,
  roles: listOf(enumOf(ROLES)),
  clientId: textOrNull,
  partnerId: textOrNull,
  madeAt: isoTime,
  madeBy: text,
  expiresAt: nullable(isoTime),
})

/** By which they end before their time: migration 177. */
export const accessRevocation = declareTable('access_revocation', {
  name: text,
  revokedAt: isoTime,
  revokedBy: text,
  reason: text,
})
