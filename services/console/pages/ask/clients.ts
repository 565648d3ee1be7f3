import { api, bodyOf, queryOf, type Read } from './ask.ts'

export type ClientsAnswer = Read<'/v1/clients'>
export type ClientMonth = ClientsAnswer['clients'][number]
export type Standing = NonNullable<ClientMonth['standing']>
export type Crossing = NonNullable<ClientMonth['crossings']['requests']>
export type ClientAnswer = Read<'/v1/clients/{id}'>
export type ClientStatement = ClientAnswer['statements'][number]

export const STANDINGS = ['over', 'heading', 'near', 'within'] as const satisfies readonly Standing[]
export const CLIENT_SORTS = [
  'client',
  'name',
  'payer',
  'requests',
  'bytes',
  'meteredRequests',
  'meteredBytes',
  'share',
] as const
export type ClientSort = (typeof CLIENT_SORTS)[number]

export type ClientsQuestion = {
  readonly month: string
  readonly search?: string
  readonly standing?: Standing[]
  readonly sort?: ClientSort
  readonly order?: 'asc' | 'desc'
}

/** So many at a time. */
export const PAGE_ROWS = 100

export function readClients(question: ClientsQuestion, after: string): Promise<ClientsAnswer> {
  const query = { ...question, limit: PAGE_ROWS, ...(after === '' ? {} : { after }) }
  return bodyOf(api.GET('/v1/clients', { params: { query } }))
}

export function clientQuery(id: string, month: string) {
  return queryOf(['client', id, month], () =>
    api.GET('/v1/clients/{id}', { params: { path: { id }, query: { month } } }),
  )
}
