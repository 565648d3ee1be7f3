import type {
  EventIdentity,
  RequestEvent,
  SourceMark,
  StreamRecord,
} from '@forbruk/schemas/event/log-event.ts'

/** What the generator put into a record. The oracle reads this, and never the record's bytes. */
export type SimulatedEvent =
  | RequestEvent
  | {
      readonly kind: 'rejected'
      readonly reason: string
      /** Null when it can't be told who sent it. */
      readonly origin: { readonly source: string; readonly identity: EventIdentity } | null
    }
  | SourceMark
  | (StreamRecord & Word)
  /** Who said so can't be told; version 1 knows nothing of signatures. */
  | { readonly kind: 'unproven'; readonly reason: string; readonly reasonOfFirst: string }

/** Of a signed record, and null of the one that needs no signature. */
type Word = { readonly sequence: number | null }

export type SimulatedRecord = {
  readonly offset: number
  readonly appendTimeMs: number
  readonly value: Buffer | null
  readonly events: readonly SimulatedEvent[]
}
