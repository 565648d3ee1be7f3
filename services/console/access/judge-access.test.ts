import type { Role } from '@forbruk/schemas/access/role.ts'
import { EVERYTHING } from '@forbruk/schemas/access/scope.ts'
import { expect, test } from 'vitest'
import type { Caller } from './caller.ts'
import { judgeAccess } from './judge-access.ts'
import type { RouteAccess } from './route-access.ts'

const withRoles = (...roles: readonly Role[]): Caller => ({
  ...{ actor: 'kari', via: 'token', roles, scope: EVERYTHING, token: 'kari', expiresAt: null },
})
const UNNAMED: Caller = { ...withRoles('reader'), actor: null, via: 'loopback' }
const CLIENT: Caller = { ...withRoles('reader'), scope: { kind: 'client', clientId: 'acme' } }
const READING: RouteAccess = { role: 'reader' }

test.each<[string, Caller | null, RouteAccess]>([
  ['anybody, for what is for anybody', null, { role: 'anybody' }],
  ['a reader, for reading', withRoles('reader'), READING],
  ['an account manager, for reading', withRoles('account_manager'), READING],
  ['a closer, for closing', withRoles('closer'), { role: 'closer' }],
  ['who leads the dialogue and closes', withRoles('account_manager', 'closer'), { role: 'closer' }],
  ['an administrator, for everything', withRoles('admin'), { role: 'account_manager' }],
  ['who sees one client, for what answers by that', CLIENT, { role: 'reader', isScoped: true }],
])('%s: let in', (_what, caller, access) => {
  expect(judgeAccess(caller, access)).toBeNull()
})

test.each<[string, Caller | null, RouteAccess | undefined, string]>([
  ['nobody that is known', null, READING, 'token_missing'],
  ['somebody unnamed who may only read', UNNAMED, { role: 'closer' }, 'token_missing'],
  ['a reader, for closing', withRoles('reader'), { role: 'closer' }, 'role_missing'],
  ['a closer, for the dialogue', withRoles('closer'), { role: 'account_manager' }, 'role_missing'],
  ['a closer, for tokens', withRoles('closer'), { role: 'admin' }, 'role_missing'],
  ['who has no role', withRoles(), READING, 'role_missing'],
  ['an administrator, for what says nothing', withRoles('admin'), undefined, 'role_missing'],
  ['who sees one client, for what tells of all', CLIENT, READING, 'scope_exceeded'],
  ['who sees one client, for closing', CLIENT, { role: 'closer', isScoped: true }, 'role_missing'],
])('%s: refused', (_what, caller, access, kind) => {
  expect(judgeAccess(caller, access)).toMatchObject({ kind, status: kind === 'token_missing' ? 401 : 403 })
})
