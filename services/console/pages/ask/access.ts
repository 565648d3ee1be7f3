import type { NewToken } from '@forbruk/schemas/access/access-token.ts'
import { api, bodyOf, type Done, queryOf, type Read } from './ask.ts'

export type AccessToken = Read<'/v1/access/tokens'>['tokens'][number]
export type MadeToken = Done<'/v1/access/tokens'>

export const tokensQuery = queryOf(['tokens'], () => api.GET('/v1/access/tokens'))

export function makeToken({ roles, ...token }: NewToken): Promise<MadeToken> {
  return bodyOf(api.POST('/v1/access/tokens', { body: { ...token, roles: [...roles] } }))
}

export function revokeToken(name: string, reason: string): Promise<unknown> {
  return bodyOf(api.POST('/v1/access/tokens/{name}/revoke', { params: { path: { name } }, body: { reason } }))
}
