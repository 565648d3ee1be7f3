import type { RejectedParse } from '../gateway/gateway-format.ts'

/** A gateway's line, or what stands where one was expected. */
export type UnwrappedLine =
  | { readonly kind: 'line'; readonly bytes: Uint8Array }
  | (RejectedParse & { readonly bytes: Uint8Array })
