import type { Refusal } from './refusal.ts'
import type { Taken } from './take-events.ts'

/** What a collector has done since it began, for whoever watches it. */
export class Tally {
  #accepted = 0
  #rejected = 0
  readonly #refused = new Map<Refusal['kind'], number>()

  take({ events, rejected }: Taken): void {
    this.#accepted += events
    this.#rejected += rejected
  }

  refuse({ kind }: Pick<Refusal, 'kind'>): void {
    this.#refused.set(kind, (this.#refused.get(kind) ?? 0) + 1)
  }

  get figures() {
    return { accepted: this.#accepted, rejected: this.#rejected, refused: new Map(this.#refused) }
  }
}

/** A collector's figures as a monitoring system reads them. */
export type RenderedMetrics = { readonly contentType: string; readonly text: string }
