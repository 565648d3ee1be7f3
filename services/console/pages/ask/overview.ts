import { pathOf, queryOf } from './ask.ts'
import type { ClientMonth, MonthFacts } from './clients.ts'

type Sums = { readonly requests: string; readonly requestBytes: string; readonly responseBytes: string }
export type MonthDays = {
  readonly month: string
  readonly total: Sums
  readonly days: readonly (Sums & { readonly day: string })[]
}

export type Freshness = {
  readonly lag: number
  readonly newestRecordAt: string | null
  readonly standing: number
}

export type Completeness = {
  readonly through: string | null
  readonly missing: number
  readonly sources: number
  readonly withoutMarks: number
  readonly silent: readonly string[]
}

type Waiting = {
  readonly kind: string
  readonly month: string
  readonly detail: string
  readonly todo: string
}

export type OverviewAnswer = MonthFacts & {
  readonly usage: MonthDays
  readonly before: MonthDays | null
  readonly compared: { readonly days: number; readonly usage: Sums; readonly before: Sums } | null
  readonly totals: { readonly over: number; readonly heading: number; readonly near: number }
  readonly clients: readonly ClientMonth[]
  readonly freshness: Freshness
  readonly completeness: Completeness
  readonly waiting: readonly Waiting[]
  readonly open: { readonly cases: number; readonly rejectedEvents: number }
}

export function overviewQuery(month: string) {
  return queryOf<OverviewAnswer>(pathOf('/v1/overview', { month }))
}
