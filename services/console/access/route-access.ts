import type { Act } from '@forbruk/schemas/access/act.ts'
import type { Role } from '@forbruk/schemas/access/role.ts'
import type { Caller } from './caller.ts'

/** Who may use a route: each says so in its `config`, and the console doesn't open with one that doesn't. */
export type RouteAccess = {
  /** What a caller needs; `anybody` needs nothing, and isn't asked who they are. */
  readonly role: Role | 'anybody'
  /**
   * Whether those who see some clients alone may use it as well. The route then answers by `request.caller.scope`.
   * Without it they are refused.
   */
  readonly isScoped?: true
  /** What it does, as the audit log has it. Of a write it has to be said; null: it records nothing. */
  readonly act?: Act | null
  /** What that is about, of its checked body; without it, what its path names, or the name in its body. */
  readonly subjectOf?: (body: unknown) => string
  /** Its answer holds what is told once, and must be kept nowhere. */
  readonly answersSecret?: true
  /** The parameter that names clients whose figures it reads. */
  readonly reads?: 'client' | 'payer' | 'id'
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess
  }
  interface FastifyRequest {
    /** Set before a route's handler begins, unless anybody may use the route. */
    caller: Caller
  }
}
