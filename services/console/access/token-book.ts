import { hashSecret } from '@forbruk/infra/access/secret.ts'
import type { TokenInForce } from './identify-caller.ts'

/** A revocation elsewhere holds here after this long. */
const AGE_MAX_MS = 2_000
/** Whoever presents what nobody knows can have the store asked this often. */
const ASK_AGAIN_MS = 250

type Read = () => Promise<{ readonly tokens: readonly TokenInForce[]; readonly wasAnyMade: boolean }>

type Page = {
  readonly askedAtMs: number
  readonly byHash: ReadonlyMap<string, TokenInForce>
  readonly wasAnyMade: boolean
}

/** The tokens in force, as of some seconds ago at most. */
export class TokenBook {
  readonly #read: Read
  /** Milliseconds that never go back. */
  readonly #clock: () => number
  #page: Page | null = null
  #asking: Promise<Page> | null = null

  constructor(read: Read, clock: () => number) {
    this.#read = read
    this.#clock = clock
  }

  async current(): Promise<Page> {
    return this.#olderThan(AGE_MAX_MS) ? this.#ask() : this.#held()
  }

  /** The same; asked again where it has not got this one, which another process may just have made. */
  async currentFor(secret: string): Promise<Page> {
    const page = await this.current()
    if (page.byHash.has(hashSecret(secret)) || !this.#olderThan(ASK_AGAIN_MS)) return page
    return this.#ask()
  }

  /** Something was made or revoked in this process. What is being asked now may be from before. */
  forget(): void {
    this.#page = null
    this.#asking = null
  }

  #olderThan(ageMs: number): boolean {
    return this.#page === null || this.#clock() - this.#page.askedAtMs > ageMs
  }

  #held(): Promise<Page> | Page {
    return this.#page ?? this.#ask()
  }

  #ask(): Promise<Page> {
    if (this.#asking !== null) return this.#asking
    const askedAtMs = this.#clock()
    const asking = this.#read()
      .then(({ tokens, wasAnyMade }) => {
        const page = { askedAtMs, wasAnyMade, byHash: new Map(tokens.map(token => [token.hash, token])) }
        if (this.#asking === asking) this.#page = page
        return page
      })
      .finally(() => {
        if (this.#asking === asking) this.#asking = null
      })
    this.#asking = asking
    return asking
  }
}
