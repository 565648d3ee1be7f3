import { pathOf, queryOf } from './ask.ts'

/** Counts are whole numbers as text. */
type Amounts = { readonly requests: string; readonly bytes: string }
export type Crossing = { readonly day: string; readonly isForecast: boolean }
export const STANDINGS = ['over', 'heading', 'near', 'within'] as const
export type Standing = (typeof STANDINGS)[number]

export type ClientMonth = {
  readonly clientId: string
  readonly name: string | null
  readonly partnerId: string | null
  readonly payerId: string | null
  readonly payerName: string | null
  readonly requests: string
  readonly requestBytes: string
  readonly responseBytes: string
  readonly metered: Amounts | null
  readonly percent: { readonly requests: string | null; readonly bytes: string | null } | null
  readonly forecast: Amounts | null
  readonly crossings: { readonly requests: Crossing | null; readonly bytes: Crossing | null }
  readonly standing: Standing | null
  readonly requestsByDay: readonly string[]
  readonly bytesByDay: readonly string[]
  readonly meteredRequestsByDay: readonly string[]
  readonly meteredBytesByDay: readonly string[]
}

export type MonthFacts = {
  readonly month: string
  readonly timeZone: string
  readonly from: string
  readonly to: string
  readonly asOf: string
  readonly days: readonly string[]
  readonly allowance: Amounts | null
  readonly tariffValidFrom: string | null
}

export type ClientStatement = {
  readonly month: string
  readonly revision: number
  readonly isLatest: boolean
  readonly closedAt: string
  readonly payerId: string
  readonly payerName: string
  readonly requests: string
  readonly bytes: string
  readonly amountNok: string
  readonly payableNok: string
  readonly proposedNok: string
}

type Activation = {
  readonly integrationId: string
  readonly name: string
  readonly kind: string
  readonly activeFrom: string
  readonly activeUntil: string | null
}

export type CaseSummary = {
  readonly caseId: string
  readonly clientId: string
  readonly clientName: string
  readonly state: 'open' | 'decided'
  readonly sequence: number
  readonly months: readonly string[]
  readonly overageRequests: string
  readonly overageBytes: string
  readonly proposedNok: string
  readonly chargedNok: string
  readonly openNok: string
  readonly decision: 'charge' | 'waived' | 'reduced_usage' | 'mixed' | null
  readonly contacts: number
  readonly followUp: string | null
  readonly ageDays: number
  readonly payerName: string | null
}

export type ClientAnswer = MonthFacts & {
  readonly client: ClientMonth
  readonly registered: {
    readonly name: string
    readonly partnerId: string | null
    readonly collectiveInvoice: boolean
    readonly isPartner: boolean
    readonly activations: readonly Activation[]
  } | null
  readonly cases: readonly CaseSummary[]
  readonly statements: readonly ClientStatement[]
}

export type ClientsAnswer = MonthFacts & {
  readonly totals: { readonly clients: number } & Readonly<Record<Standing, number>>
  readonly clients: readonly ClientMonth[]
  readonly next: string | null
}

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
  readonly standing?: readonly string[]
  readonly sort?: ClientSort
  readonly order?: 'asc' | 'desc'
  readonly limit?: number
  readonly after?: string
}

export function clientsPath(question: ClientsQuestion): string {
  return pathOf('/v1/clients', question)
}

export function clientQuery(clientId: string, month: string) {
  return queryOf<ClientAnswer>(pathOf(`/v1/clients/${encodeURIComponent(clientId)}`, { month }))
}
