import { readBearer } from '@forbruk/infra/access/secret.ts'
import type { FastifyRequest } from 'fastify'
import type { Problem } from '../server/problem.ts'
import type { BrowserCookie } from './browser-cookie.ts'
import type { Caller } from './caller.ts'
import { admitUnnamed, type Door, identifyBySetting, identifyByToken } from './identify-caller.ts'
import { judgeAccess } from './judge-access.ts'
import type { RouteAccess } from './route-access.ts'
import type { TokenBook } from './token-book.ts'

type GateParts = {
  readonly door: Door
  readonly book: TokenBook
  readonly cookie: BrowserCookie
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** What isn't there may be told to whoever is let in. */
const MISSING: RouteAccess = { role: 'reader', isScoped: true }

/** Who a request is from, and whether it may be what it is. */
export class Gate {
  readonly #parts: GateParts

  constructor(parts: GateParts) {
    this.#parts = parts
  }

  /** Why the request is refused, or null: then `request.caller` is known, unless anybody may use the route. */
  async admit(request: FastifyRequest): Promise<Problem | null> {
    const access = request.is404 ? MISSING : request.routeOptions.config.access
    if (access?.role === 'anybody') return null
    const { caller, isByCookie } = await this.#identify(request)
    if (isByCookie && !isReading(request) && !isOwnPage(request)) return FOREIGN
    const problem = judgeAccess(caller, access)
    if (caller !== null) request.caller = caller
    return problem
  }

  /** Null: nobody that is known. */
  async identify(request: FastifyRequest): Promise<Caller | null> {
    return (await this.#identify(request)).caller
  }

  /** Null: nobody that is known holds it. */
  async identifySecret(secret: string): Promise<Caller | null> {
    const { door, book, clock } = this.#parts
    const bySetting = identifyBySetting(secret, door)
    if (bySetting !== null) return bySetting
    return identifyByToken(secret, (await book.currentFor(secret)).byHash, clock())
  }

  async #identify(request: FastifyRequest): Promise<{ caller: Caller | null; isByCookie: boolean }> {
    const bearer = readBearer(request.headers.authorization)
    if (bearer !== null) return { caller: await this.identifySecret(bearer), isByCookie: false }
    const kept = this.#parts.cookie.read(request)
    const byCookie = kept === null ? null : await this.identifySecret(kept)
    if (byCookie !== null) return { caller: byCookie, isByCookie: true }
    return { caller: await this.#admitUnnamed(), isByCookie: false }
  }

  async #admitUnnamed(): Promise<Caller | null> {
    const { door, book } = this.#parts
    // The store is asked only where it can change the answer.
    if (admitUnnamed(door, false) === null) return null
    return admitUnnamed(door, (await book.current()).wasAnyMade)
  }
}

function isReading({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

/**
 * A browser sends a cookie whoever's page asks. Where these name another site, the request was refused before; here one
 * of them has to be there, as it is in every browser that sends such a cookie.
 */
function isOwnPage({ headers }: FastifyRequest): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] === 'same-origin'
}

const FOREIGN: Problem = {
  kind: 'origin_foreign',
  status: 403,
  detail:
    'expected the Origin of this address with a write by cookie; without a browser, send the token as Bearer',
}
