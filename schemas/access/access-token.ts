import { z } from 'zod'
import { ACROSS } from '../text/across.ts'
import { plainShape, reasonShape } from '../text/plain-text.ts'
import { ROLES } from './role.ts'

const nameError =
  'a name of 1 to 64 small letters, digits, dots, hyphens and underscores, such as acme-portal'
const rolesError = `one or more of ${ROLES.join(', ')}`
export const EXPIRY_DAYS_MAX = 3_660
const daysError = `a whole number of days from 1 to ${EXPIRY_DAYS_MAX}`
const scopeError = 'the role reader alone for a token that sees one client or one partner, and one of the two'

/** As the registry has it. */
const idShape = plainShape(256)

export const tokenNameShape = z
  .string({ error: nameError })
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, { error: nameError })
const rolesShape = z
  .array(z.enum(ROLES, { error: rolesError }), { error: rolesError })
  .min(1, { error: rolesError })
  .max(ROLES.length, { error: rolesError })
const expiryDaysShape = z
  .int({ error: daysError })
  .min(1, { error: daysError })
  .max(EXPIRY_DAYS_MAX, { error: daysError })

export const newTokenShape = z
  .strictObject({
    name: tokenNameShape.describe('never used twice'),
    roles: rolesShape,
    clientId: idShape.nullable().default(null).describe('sees this client alone'),
    partnerId: idShape
      .nullable()
      .default(null)
      .describe('sees this partner and its clients, each in the months in which it has them'),
    expiresAfterDays: expiryDaysShape.nullable().default(null).describe('null: holds until it is revoked'),
  })
  .refine(
    ({ roles, clientId, partnerId }) =>
      (clientId === null && partnerId === null) ||
      ((clientId === null || partnerId === null) && roles.every(role => role === 'reader')),
    { error: scopeError, params: ACROSS },
  )
export type NewToken = Readonly<z.output<typeof newTokenShape>>

export const revocationShape = z.strictObject({ reason: reasonShape })

/** `session`: what a person got by logging in; it ends by itself. */
export const TOKEN_KINDS = ['token', 'session'] as const

/** What is known of a token. What is presented of it is stored nowhere. */
export const accessTokenShape = z.object({
  name: z.string(),
  kind: z.enum(TOKEN_KINDS),
  /** Who acts by it: of a token its name, of a session the person. */
  actor: z.string(),
  roles: z.array(z.enum(ROLES)).readonly(),
  clientId: z.string().nullable(),
  partnerId: z.string().nullable(),
  madeAt: z.string(),
  madeBy: z.string(),
  expiresAt: z.string().nullable(),
  revoked: z.object({ at: z.string(), by: z.string(), reason: z.string() }).nullable(),
})
export type AccessToken = Readonly<z.output<typeof accessTokenShape>>
