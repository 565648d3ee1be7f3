import { api, queryOf, type Read } from './ask.ts'

export type OverviewAnswer = Read<'/v1/overview'>
export type MonthDays = OverviewAnswer['usage']

export function overviewQuery(month: string) {
  return queryOf(['overview', month], () => api.GET('/v1/overview', { params: { query: { month } } }))
}
