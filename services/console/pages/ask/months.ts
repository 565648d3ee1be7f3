import { api, bodyOf, type Done, queryOf, type Read, urlOf } from './ask.ts'

export type ClosedMonth = Read<'/v1/months'>['months'][number]
export type Closed = Done<'/v1/months/{month}/close'>
export type PayersAnswer = Read<'/v1/months/{month}/statements'>

export type CompletenessAnswer = Read<'/v1/months/{month}/completeness'>

/** What a close that is refused says. */
export type Incomplete = {
  readonly missing: readonly {
    readonly kind: string
    readonly detail: string
    readonly source?: string | null
    readonly partition?: number | null
  }[]
  readonly estimate: { readonly notBefore: string | null; readonly basis: readonly string[] } | null
}

export type CloseRequest = {
  readonly dryRun?: boolean
  readonly accept?: string[]
  readonly force?: { readonly reason: string }
}

export const monthsQuery = queryOf(['months'], () => api.GET('/v1/months'))

export function completenessQuery(month: string) {
  return queryOf(['completeness', month], () =>
    api.GET('/v1/months/{month}/completeness', { params: { path: { month } } }),
  )
}

export function proofQuery(month: string) {
  return queryOf(['proof', month], () => api.GET('/v1/months/{month}/proof', { params: { path: { month } } }))
}

export function payersQuery(month: string, limit: number) {
  return queryOf(['payers', month, limit], () =>
    api.GET('/v1/months/{month}/statements', { params: { path: { month }, query: { limit } } }),
  )
}

export function closeMonth(month: string, body: CloseRequest): Promise<Closed> {
  return bodyOf(api.POST('/v1/months/{month}/close', { params: { path: { month } }, body }))
}

export function announceMonth(month: string, body: { readonly approve: string; readonly actor: string }) {
  return bodyOf(api.POST('/v1/months/{month}/announce', { params: { path: { month } }, body }))
}

type PayerStatement = Read<'/v1/months/{month}/statements/{payer}'>
export type StatementOfClient = PayerStatement['clients'][number]
export type StatementLine = StatementOfClient['lines'][number]

export function statementQuery(month: string, payer: string, revision: number) {
  return queryOf(['statement', month, payer, revision], () =>
    api.GET('/v1/months/{month}/statements/{payer}', {
      params: { path: { month, payer }, query: { revision } },
    }),
  )
}

/** One payer's statement of a revision, as a page that prints. */
export function statementUrl(month: string, payerId: string, revision: number, language: string): string {
  const path = `/v1/months/${month}/statements/${encodeURIComponent(payerId)}.html`
  return urlOf(path, { revision: String(revision), language })
}

export function exportUrl(month: string, revision: number, format: string): string {
  return urlOf(`/v1/months/${month}/export`, {
    table: 'statement_lines',
    format,
    revision: String(revision),
  })
}
