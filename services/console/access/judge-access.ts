import { mayUse } from '@forbruk/schemas/access/role.ts'
import type { Problem } from '../server/problem.ts'
import type { Caller } from './caller.ts'
import type { RouteAccess } from './route-access.ts'

/**
 * Pure: why a caller may not use a route, or null. Nothing of the request but its route is looked at, so that an answer
 * never tells whether what was asked for exists.
 */
export function judgeAccess(caller: Caller | null, access: RouteAccess | undefined): Problem | null {
  if (access?.role === 'anybody') return null
  if (caller === null) return TOKEN_MISSING
  // Of one that says nothing, nobody knows who may.
  const isEnough = access !== undefined && mayUse(caller.roles, access.role)
  if (!isEnough) return caller.actor === null ? TOKEN_MISSING : lacking(caller, access)
  if (caller.scope.kind === 'all' || access.isScoped === true) return null
  return {
    kind: 'scope_exceeded',
    status: 403,
    detail: `${caller.actor} sees the figures of one ${caller.scope.kind} alone; this tells of others as well`,
  }
}

function lacking({ actor, roles }: Caller, access: RouteAccess | undefined): Problem {
  const detail = `expected the role ${access?.role ?? 'of nobody'}; ${actor} has ${roles.join(', ')}`
  return { kind: 'role_missing', status: 403, detail }
}

const TOKEN_MISSING: Problem = {
  kind: 'token_missing',
  status: 401,
  detail:
    'expected «Authorization: Bearer …» with a token of forbruk access token add, or that of FORBRUK_API_TOKEN',
}
