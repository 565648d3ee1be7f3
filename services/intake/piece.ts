import type { ParsedLine, RejectedParse } from '@forbruk/schemas/gateway/gateway-format.ts'

/** What one record of a foreign topic holds, in its order. An index into it is a place: blank ones are among them. */
export type Piece =
  | Exclude<ParsedLine, { readonly kind: 'rejected' }>
  | (RejectedParse & { readonly bytes: Uint8Array })

/** Reads a record's value. Rejects only where the same value may be read later. */
export type ReadValue = (value: Buffer) => Promise<readonly Piece[]> | readonly Piece[]
