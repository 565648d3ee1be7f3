import type { paths } from '../../client/generated/api.d.ts'
import { api, bodyOf, queryOf, type Read, urlOf } from './ask.ts'

export type ClientsAnswer = Read<'/v1/clients'>
export type ClientMonth = ClientsAnswer['clients'][number]
export type Standing = NonNullable<ClientMonth['standing']>
export type Crossing = NonNullable<ClientMonth['crossings']['requests']>
export type ClientAnswer = Read<'/v1/clients/{id}'>
export type ClientStatement = ClientAnswer['statements'][number]

/** Whether more than is included was used, and not only foretold. */
export function isPast(crossing: Crossing | null): boolean {
  return crossing !== null && !crossing.isForecast
}

type Query = NonNullable<paths['/v1/clients']['get']['parameters']['query']>
export type ClientSort = NonNullable<Query['sort']>
export type ClientsQuestion = Pick<Query, 'search' | 'standing' | 'sort' | 'order'> & {
  readonly month: string
}

/** By their names in addresses: a record of each, so that none that the API has is left out. */
const namesOf = <Name extends string>(names: Readonly<Record<Name, true>>): readonly Name[] =>
  Object.keys(names).filter((name): name is Name => name in names)

export const STANDINGS = namesOf<Standing>({ over: true, heading: true, near: true, within: true })
export const CLIENT_SORTS = namesOf<ClientSort>({
  client: true,
  name: true,
  payer: true,
  requests: true,
  bytes: true,
  meteredRequests: true,
  meteredBytes: true,
  share: true,
})

/** What is looked at first is there soonest; whoever goes on scrolling goes far. */
const ROWS_FIRST = 100
const ROWS_NEXT = 500

/** From the beginning, where `after` is empty; else from where a page before ended. */
export function readClients(question: ClientsQuestion, after: string): Promise<ClientsAnswer> {
  const page = after === '' ? { limit: ROWS_FIRST } : { limit: ROWS_NEXT, after }
  return bodyOf(api.GET('/v1/clients', { params: { query: { ...question, ...page } } }))
}

/** Of all that are asked for, as a file. */
export function clientsUrl({
  month,
  search = '',
  standing = [],
  sort = 'client',
  order = 'asc',
}: ClientsQuestion) {
  return urlOf('/v1/clients', { month, search, standing, sort, order })
}

export function clientQuery(id: string, month: string) {
  return queryOf(['client', id, month], () =>
    api.GET('/v1/clients/{id}', { params: { path: { id }, query: { month } } }),
  )
}
