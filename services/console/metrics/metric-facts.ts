import type { MarkedObstacles } from '@forbruk/schemas/event/log-event.ts'
import type { REJECTED_STATES } from '@forbruk/schemas/event/rejected-state.ts'

/** What the metrics tell, as of one look at the store and at the log's ends. Times are in milliseconds since 1970. */
export type MetricFacts = {
  readonly nowMs: number
  readonly partitions: readonly PartitionFigures[]
  /** Partitions with records that nobody counts on, in this process or another. */
  readonly standing: number
  readonly rejected: readonly {
    readonly reason: string
    readonly state: (typeof REJECTED_STATES)[number]
    readonly events: number
  }[]
  /** Those that live. */
  readonly sources: readonly SourceFigures[]
  /** Names of those that are expected and were never heard of. */
  readonly sourcesSilent: readonly string[]
  readonly sourcesRetired: number
  /** Of an embedded store, which one process holds, none are known. */
  readonly processes: readonly { readonly kind: ProcessKind; readonly alive: number }[]
  readonly intakes: readonly IntakeFigures[]
  /** Null where none is in this process. */
  readonly collector: CollectorFigures | null
  /** The newest revision of each of the last twelve closed months. */
  readonly closes: readonly {
    readonly month: string
    readonly revision: number
    readonly closedAtMs: number
  }[]
  readonly casesOpen: number
  /** By what waits for a person. */
  readonly waiting: readonly { readonly kind: string; readonly findings: number }[]
  readonly webhookAttempts: readonly { readonly outcome: WebhookOutcome; readonly attempts: number }[]
}

type ProcessKind = 'aggregator' | 'intake'
type WebhookOutcome = 'accepted' | 'failed' | 'given_up'

export type PartitionFigures = {
  readonly partition: number
  readonly endOffset: number
  /** Everything below is counted. */
  readonly nextOffset: number
  readonly records: number
  readonly requests: number
  readonly duplicates: number
  /** When the newest counted record was appended; null while none is. */
  readonly newestCountedMs: number | null
  /** When the first record that isn't counted yet was appended; null where all is counted, or that can't be told. */
  readonly oldestUncountedMs: number | null
}

export type SourceFigures = {
  readonly source: string
  readonly events: number
  readonly missing: number
  readonly throughMs: number | null
  readonly obstacles: MarkedObstacles
  readonly isExpected: boolean
}

/** How far a shipper's topic is taken in and counted. */
export type IntakeFigures = {
  readonly source: string
  readonly partition: number
  readonly nextOffset: number
  readonly endOffset: number
}

/** Since the process began. */
export type CollectorFigures = {
  readonly inFlightBytes: number
  readonly accepted: number
  readonly rejected: number
  readonly refused: ReadonlyMap<string, number>
}
