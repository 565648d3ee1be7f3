import type { paths } from '../../client/generated/api.d.ts'
import { api, queryOf, type Read, urlOf } from './ask.ts'

export type Status = Read<'/v1/status'>
export type Sources = Read<'/v1/sources'>
export type RejectedEvents = Read<'/v1/rejected'>

const ROWS = 50

export const statusQuery = queryOf(['status'], () => api.GET('/v1/status'))
export const sourcesQuery = queryOf(['sources'], () => api.GET('/v1/sources'))
export const alertsQuery = queryOf(['alerts'], () => api.GET('/v1/alerts'))

type Query = NonNullable<paths['/v1/rejected']['get']['parameters']['query']>

/** As an address may name it: a reason that there isn't is refused by the API, which names those that there are. */
function isReason(text: string | undefined): text is NonNullable<Query['reason']> {
  return text !== undefined && /^[a-z_]+$/.test(text)
}

export function rejectedQuery(reason: string | undefined) {
  const query: Query = { limit: ROWS, ...(isReason(reason) ? { reason } : {}) }
  return queryOf(['rejected', query], () => api.GET('/v1/rejected', { params: { query } }))
}

/** All of them, as a file. */
export function rejectedUrl(reason: string | undefined): string {
  return urlOf('/v1/rejected', isReason(reason) ? { reason } : {})
}
