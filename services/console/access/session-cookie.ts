import type { FastifyReply, FastifyRequest } from 'fastify'

/** A working day: who is still there then logs in again. */
const SESSION_MS = 8 * 3_600_000

/**
 * The cookie in which a browser keeps what its person presents. No script reads it, no other site's page sends it with
 * a write, and over TLS no other host can set it.
 */
export class SessionCookie {
  readonly #isSecure: boolean
  readonly #name: string

  /** @param isSecure browsers reach the console by https */
  constructor(isSecure: boolean) {
    this.#isSecure = isSecure
    this.#name = isSecure ? '__Host-forbruk' : 'forbruk'
  }

  read({ server, headers }: FastifyRequest): string | null {
    if (headers.cookie === undefined) return null
    const value = server.parseCookie(headers.cookie)[this.#name] ?? ''
    return value === '' ? null : value
  }

  set(reply: FastifyReply, secret: string): void {
    reply.setCookie(this.#name, secret, { ...this.#attributes(), maxAge: SESSION_MS / 1_000 })
  }

  clear(reply: FastifyReply): void {
    reply.clearCookie(this.#name, this.#attributes())
  }

  #attributes() {
    // Lax: a link to a statement, and the way back from a login elsewhere, are of another site.
    return { path: '/', httpOnly: true, sameSite: 'lax', secure: this.#isSecure } as const
  }
}
