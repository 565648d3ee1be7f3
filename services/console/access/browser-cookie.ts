import type { FastifyReply, FastifyRequest } from 'fastify'

type Keeping = {
  readonly name: string
  /** Browsers reach the console by https. */
  readonly isSecure: boolean
  readonly ageMaxMs: number
}

/**
 * A cookie in which a browser keeps what is its own. No script reads it, no other site's page sends it with a write,
 * and over TLS no other host can set it.
 */
export class BrowserCookie {
  readonly #keeping: Keeping
  readonly #name: string

  constructor(keeping: Keeping) {
    this.#keeping = keeping
    this.#name = keeping.isSecure ? `__Host-${keeping.name}` : keeping.name
  }

  read({ server, headers }: FastifyRequest): string | null {
    if (headers.cookie === undefined) return null
    const value = server.parseCookie(headers.cookie)[this.#name] ?? ''
    return value === '' ? null : value
  }

  set(reply: FastifyReply, value: string): void {
    reply.setCookie(this.#name, value, { ...this.#attributes(), maxAge: this.#keeping.ageMaxMs / 1_000 })
  }

  clear(reply: FastifyReply): void {
    reply.clearCookie(this.#name, this.#attributes())
  }

  #attributes() {
    // Lax: a link to a statement, and the way back from a login elsewhere, are of another site.
    return { path: '/', httpOnly: true, sameSite: 'lax', secure: this.#keeping.isSecure } as const
  }
}
