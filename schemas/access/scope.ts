/**
 * Whose figures somebody sees. Of a partner: what the partner itself and its clients did, each in the months in which
 * the registry had the client with that partner.
 */
export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'client'; readonly clientId: string }
  | { readonly kind: 'partner'; readonly partnerId: string }

export const EVERYTHING: Scope = { kind: 'all' }

/** Stored and told as two names, of which one at most is set. */
export function toScope({ clientId, partnerId }: ScopeNames): Scope {
  if (clientId !== null) return { kind: 'client', clientId }
  return partnerId === null ? EVERYTHING : { kind: 'partner', partnerId }
}

type ScopeNames = { readonly clientId: string | null; readonly partnerId: string | null }
