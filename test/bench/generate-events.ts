import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'

/** What counting an input must come to. `cells` are combinations of client, integration, hour and status class. */
export type Totals = {
  readonly requests: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly cells: number
}

const CLIENTS = 20_000
const ZIPF_EXPONENT = 1.1
const INTEGRATIONS = 12
const SOURCES = 4
/** Whatever the number: the default of 2 000 000 fills three days. */
const EVENTS_PER_HOUR = 27_778
const HOUR_MS = 3_600_000
/** Gateways deliver a little out of order. */
const LATENESS_MAX_MS = 120_000
const WITHOUT_ID_SHARE = 0.05
const DUPLICATE_SHARE = 0.01
/** A copy comes within so many events of its original: well inside the window in which it is recognised. */
const DUPLICATE_DISTANCE_MAX = 5_000

const DAY_MS = 24 * HOUR_MS

/** A month back: so that the times of any benchmark are over, and believed. */
export function beginOfEvents(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS - 30) * DAY_MS
}

/**
 * Seeded: the same seed and start give the same events. Time runs on with the events; clients are Zipf-distributed, so
 * the first sends a seventh of all requests, most send a few a day; 5 % have no identity; 1 % come twice.
 */
export class EventGenerator {
  /** Of the first event. */
  readonly #startMs: number
  readonly #random: () => number
  readonly #clientShares = cumulativeZipfShares(CLIENTS)
  readonly #recent: RequestEvent[] = []
  readonly #all = new TotalsSum()
  readonly #admitted = new TotalsSum()
  #generated = 0

  constructor(seed: number, startMs: number) {
    this.#startMs = startMs
    this.#random = createRandom(seed)
  }

  next(): RequestEvent {
    const copied = this.#random() < DUPLICATE_SHARE ? this.#pickRecent() : undefined
    const event = copied ?? this.#create()
    this.#generated += 1
    this.#all.add(event)
    if (copied === undefined) this.#admitted.add(event)
    return event
  }

  /** Of every record, as whoever knows no duplicates counts them. */
  totalsOfAll(): Totals {
    return this.#all.totals()
  }

  /** Of every request, its copies left out. */
  totalsOfAdmitted(): Totals {
    return this.#admitted.totals()
  }

  #create(): RequestEvent {
    const rank = findShare(this.#clientShares, this.#random())
    const passedMs = (this.#generated / EVENTS_PER_HOUR) * HOUR_MS
    const timeMs = Math.floor(this.#startMs + passedMs - this.#random() * LATENESS_MAX_MS)
    const event: RequestEvent = {
      kind: 'request',
      source: `gw-${1 + this.#below(SOURCES)}`,
      identity:
        this.#random() < WITHOUT_ID_SHARE ? { kind: 'none' } : { kind: 'request_id', id: this.#requestId() },
      clientId: `client-${String(rank).padStart(5, '0')}`,
      integrationId: `app-${String(1 + this.#integrationOf(rank)).padStart(2, '0')}`,
      timeMs,
      status: this.#status(),
      requestBytes: 200 + this.#below(1_800),
      responseBytes: 300 + Math.floor(-8_000 * Math.log(1 - this.#random())),
    }
    if (event.identity.kind === 'request_id') {
      this.#recent[this.#generated % DUPLICATE_DISTANCE_MAX] = event
    }
    return event
  }

  #pickRecent(): RequestEvent | undefined {
    return this.#recent[this.#below(DUPLICATE_DISTANCE_MAX)]
  }

  /** A client uses one to three of them. */
  #integrationOf(rank: number): number {
    return (rank * 7 + this.#below(1 + (rank % 3))) % INTEGRATIONS
  }

  #status(): number {
    const drawn = this.#random()
    if (drawn < 0.92) return 200
    if (drawn < 0.94) return 304
    return drawn < 0.99 ? 404 : 503
  }

  /** 32 hexadecimal digits, as NGINX makes them. */
  #requestId(): string {
    let id = ''
    for (let word = 0; word < 4; word++)
      id += this.#below(2 ** 32)
        .toString(16)
        .padStart(8, '0')
    return id
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
}

class TotalsSum {
  #requests = 0
  #requestBytes = 0
  #responseBytes = 0
  readonly #cells = new Set<string>()

  add(event: RequestEvent): void {
    this.#requests += 1
    this.#requestBytes += event.requestBytes
    this.#responseBytes += event.responseBytes
    const hour = Math.floor(event.timeMs / HOUR_MS)
    const statusClass = Math.floor(event.status / 100)
    this.#cells.add(`${event.clientId}\n${event.integrationId}\n${hour}\n${statusClass}`)
  }

  totals(): Totals {
    return {
      requests: this.#requests,
      requestBytes: this.#requestBytes,
      responseBytes: this.#responseBytes,
      cells: this.#cells.size,
    }
  }
}

function cumulativeZipfShares(count: number): Float64Array {
  const shares = new Float64Array(count)
  let sum = 0
  for (let rank = 0; rank < count; rank++) {
    sum += 1 / (rank + 1) ** ZIPF_EXPONENT
    shares[rank] = sum
  }
  return shares.map(share => share / sum)
}

/** The first index whose cumulative share is above `drawn`. */
function findShare(shares: Float64Array, drawn: number): number {
  let low = 0
  let high = shares.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((shares[middle] ?? 1) > drawn) high = middle
    else low = middle + 1
  }
  return low
}

/** Mulberry32: small, fast, and the same on every machine. */
function createRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
