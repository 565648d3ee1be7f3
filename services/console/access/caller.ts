import type { Role } from '@forbruk/schemas/access/role.ts'
import type { Scope } from '@forbruk/schemas/access/scope.ts'

/** Who asks, as far as that is known: never by a request's own word. */
export type Caller = {
  /** Null: somebody on this machine, where nobody has to say who they are. */
  readonly actor: string | null
  /** How that is known. */
  readonly via: 'loopback' | 'setting' | 'token' | 'session'
  readonly roles: readonly Role[]
  readonly scope: Scope
  /** The name of the token or session; null where there is none. */
  readonly token: string | null
  /** ISO 8601; null: holds until it is revoked. */
  readonly expiresAt: string | null
}

/** As it is kept with what they did. */
export function nameCaller({ actor }: Caller): string {
  return actor ?? 'loopback'
}
