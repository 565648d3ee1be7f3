import type { LineRejectReason, RequestEvent } from '@forbruk/schemas/event/log-event.ts'

/** What one record of a foreign topic holds, in its order. */
export type Piece =
  /** Of a gateway's log, out of whatever was around it. */
  | { readonly kind: 'line'; readonly bytes: Uint8Array }
  /** Somebody else has read the line already. */
  | { readonly kind: 'event'; readonly event: RequestEvent }
  | {
      readonly kind: 'rejected'
      readonly reason: LineRejectReason
      readonly detail: string
      readonly bytes: Uint8Array
    }

/** Reads a record's value. Rejects only where the same value may be read later. */
export type ReadValue = (value: Buffer) => Promise<readonly Piece[]> | readonly Piece[]
