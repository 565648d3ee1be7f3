import { pathOf, queryOf } from './ask.ts'
import type { Completeness, Freshness } from './overview.ts'

export type Status = {
  readonly stream: string
  readonly asOf: string
  readonly freshness: Freshness
  readonly completeness: Completeness
  readonly rate: { readonly requests: string; readonly seconds: number }
  readonly partitions: readonly {
    readonly partition: number
    readonly endOffset: number
    readonly nextOffset: number
    readonly lag: number
    readonly requests: number
    readonly duplicates: number
    readonly rejected: number
    readonly lastAppendTime: string | null
  }[]
}

export type Sources = {
  readonly sources: readonly {
    readonly source: string
    readonly format: string
    readonly events: number
    readonly eventsMarked: number
    readonly missing: number
    readonly through: string | null
    readonly retired: string | null
  }[]
}

type RejectedState = 'open' | 'waived' | 'mending' | 'mended'

export type RejectedEvents = {
  readonly reasons: readonly {
    readonly reason: string
    readonly state: RejectedState
    readonly events: number
  }[]
  readonly events: readonly {
    readonly partition: number
    readonly offset: number
    readonly eventIndex: number
    readonly appendTime: string
    readonly reason: string
    readonly detail: string
    readonly source: string
    readonly excerpt: string
    readonly events: number
    readonly state: RejectedState
    readonly stateReason: string
    readonly stateActor: string
  }[]
  readonly next: string | null
}

type Alerts = {
  readonly alerts: readonly {
    readonly alertId: string
    readonly clientId: string
    readonly month: string
    readonly metric: 'requests' | 'bytes'
    readonly kind: string
    readonly level: number
    readonly raisedAt: string
    readonly webhooks: readonly {
      readonly webhook: string
      readonly state: string
      readonly attempts: number
      readonly detail: string
    }[]
  }[]
}

export const statusQuery = queryOf<Status>('/v1/status')
export const sourcesQuery = queryOf<Sources>('/v1/sources')
export const alertsQuery = queryOf<Alerts>('/v1/alerts')

export function rejectedQuery(reason: string | undefined) {
  return queryOf<RejectedEvents>(pathOf('/v1/rejected', { reason, limit: 50 }))
}
