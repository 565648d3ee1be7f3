import { ROLES, type Role } from '@forbruk/schemas/access/role.ts'
import { z } from 'zod'
import { textVariable, tokenUrlVariable } from './variables.ts'

/** How people log in: at a provider that speaks OpenID Connect, and says by a claim what each may do. */
export type LoginSettings = {
  readonly issuer: URL
  readonly clientId: string
  readonly clientSecret: string
  /** What is asked for, such as `openid email groups`. */
  readonly scope: string
  /** The claim of an ID token that names a person's roles, or groups. */
  readonly claim: string
  /** What a value of the claim comes to. */
  readonly roles: ReadonlyMap<string, Role>
}

const ROLES_RULE = `expected role=value for each, such as reader=staff,closer=finance; roles are ${ROLES.join(', ')}`

const roleShape = z.enum(ROLES)

/** Several values can come to one role, and a value to one role alone. */
const rolesVariable = z.string().transform((text, context) => {
  const pairs = text.split(',').map(pair => {
    const [role = '', ...value] = pair.trim().split('=')
    return { role: roleShape.safeParse(role), value: value.join('=') }
  })
  const read = pairs.flatMap(({ role, value }) =>
    role.success && value !== '' ? [[value, role.data] as const] : [],
  )
  const roles = new Map(read)
  if (read.length === pairs.length && roles.size === pairs.length) return roles
  context.addIssue({ code: 'custom', message: ROLES_RULE })
  return z.NEVER
})

const publicUrlVariable = tokenUrlVariable
  .refine(value => URL.canParse(value) && new URL(value).pathname === '/' && new URL(value).search === '', {
    error: 'expected an https:// URL without a path, such as https://forbruk.example.com',
  })
  .transform(value => new URL(value))

export const LOGIN_SETTINGS = {
  FORBRUK_PUBLIC_URL: publicUrlVariable.optional(),
  FORBRUK_OIDC_ISSUER: tokenUrlVariable.transform(value => new URL(value)).optional(),
  FORBRUK_OIDC_CLIENT_ID: textVariable.optional(),
  FORBRUK_OIDC_CLIENT_SECRET: textVariable.optional(),
  FORBRUK_OIDC_SCOPE: textVariable.default('openid email'),
  FORBRUK_OIDC_CLAIM: textVariable.default('groups'),
  FORBRUK_OIDC_ROLES: rolesVariable.optional(),
}

const loginShape = z.object(LOGIN_SETTINGS)
type Variables = z.infer<typeof loginShape>

/** @param isLoopback only this machine reaches the console, so that its address is known */
export function findLoginContradictions(variables: Variables, isLoopback: boolean): string[] {
  const { FORBRUK_OIDC_ISSUER: issuer, FORBRUK_PUBLIC_URL: publicUrl } = variables
  const needed = ['FORBRUK_OIDC_CLIENT_ID', 'FORBRUK_OIDC_CLIENT_SECRET', 'FORBRUK_OIDC_ROLES'] as const
  if (issuer === undefined) {
    const lone = needed.find(name => variables[name] !== undefined)
    return lone === undefined ? [] : [`FORBRUK_OIDC_ISSUER is not set: expected it with ${lone}`]
  }
  const missing = needed.filter(name => variables[name] === undefined)
  const faults = missing.map(name => `FORBRUK_OIDC_ISSUER="${issuer}": expected ${name} with it`)
  if (publicUrl === undefined && !isLoopback) {
    faults.push(
      `FORBRUK_OIDC_ISSUER="${issuer}": expected FORBRUK_PUBLIC_URL with it, where browsers reach the console`,
    )
  }
  return faults
}

/** Null: nobody can log in. */
export function readLogin(variables: Variables): LoginSettings | null {
  const { FORBRUK_OIDC_ISSUER: issuer, FORBRUK_OIDC_CLIENT_ID: clientId } = variables
  const { FORBRUK_OIDC_CLIENT_SECRET: clientSecret, FORBRUK_OIDC_ROLES: roles } = variables
  if (issuer === undefined || clientId === undefined || clientSecret === undefined || roles === undefined)
    return null
  const { FORBRUK_OIDC_SCOPE: scope, FORBRUK_OIDC_CLAIM: claim } = variables
  return { issuer, clientId, clientSecret, scope, claim, roles }
}
