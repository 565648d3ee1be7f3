import type { LoginSettings } from '@forbruk/infra/runtime/login-settings.ts'
import type { Role } from '@forbruk/schemas/access/role.ts'
import { isPlainName } from '@forbruk/schemas/text/plain-text.ts'
import { z } from 'zod'

/** Who logged in, and what the provider lets them do here: no role, where it says nothing of them that we know. */
export type Person = { readonly actor: string; readonly roles: readonly Role[] }

const personShape = z.looseObject({
  sub: z.string().refine(isPlainName),
  email: z.string().refine(isPlainName).optional().catch(undefined),
  email_verified: z.literal(true).optional().catch(undefined),
})
const valuesShape = z.union([z.array(z.string()), z.string().transform(value => [value])]).catch([])

/**
 * Pure. The subject is what a provider never gives to another person; an address is shown beside it where the provider
 * has verified it, since a person may choose one. Null: there is no subject that can be shown.
 */
export function readPerson(
  claims: Readonly<Record<string, unknown>>,
  { claim, roles }: Pick<LoginSettings, 'claim' | 'roles'>,
): Person | null {
  const person = personShape.safeParse(claims)
  if (!person.success) return null
  const { sub, email, email_verified: isVerified } = person.data
  const held = valuesShape.parse(claims[claim]).flatMap(value => roles.get(value) ?? [])
  return {
    actor: email === undefined || isVerified !== true ? sub : `${sub} (${email})`,
    roles: [...new Set(held)],
  }
}
