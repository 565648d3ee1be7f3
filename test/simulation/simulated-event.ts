import type { EventIdentity } from '@forbruk/schemas/event/log-event.ts'

/** What the generator put into a record. The oracle reads this, and never the record's bytes. */
export type SimulatedEvent =
  | {
      readonly kind: 'request'
      readonly source: string
      readonly identity: EventIdentity
      readonly clientId: string
      readonly integrationId: string
      readonly timeMs: number
      readonly status: number
      readonly requestBytes: number
      readonly responseBytes: number
    }
  | {
      readonly kind: 'rejected'
      readonly reason: string
      /** Null when it can't be told who sent it. */
      readonly origin: { readonly source: string; readonly identity: EventIdentity } | null
    }
  | {
      readonly kind: 'mark'
      readonly source: string
      readonly file: string
      readonly position: number
      readonly eventsTotal: number
      readonly throughMs: number
      readonly format: string
    }

export type SimulatedRecord = {
  readonly offset: number
  readonly appendTimeMs: number
  readonly value: Buffer | null
  readonly events: readonly SimulatedEvent[]
}
