import type { OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import type { EventIdentity, RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { encodeMark, encodeRejectedLine, encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { type Random, seededRandom } from '../../demo/record/random.ts'
import type { Form } from './plan.ts'
import { RepeatedIds } from './repeat-ids.ts'

/** One record for the log, and what whoever counts naively must make of it. */
export type MadeRecord = { readonly outgoing: OutgoingRecord; readonly meaning: Meaning }

export type Meaning =
  | ({ readonly kind: 'request' } & Usage)
  /** Unreadable, but its identity is known: a second copy is a duplicate. */
  | { readonly kind: 'rejected' }
  /** Unreadable altogether: each copy is rejected. */
  | { readonly kind: 'garbage' }
  | { readonly kind: 'copy' }
  /** A request again, by its id, where surely no fold can see it: usage is read without it. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'mark' }

type Usage = {
  readonly clientId: string
  readonly integrationId: string
  readonly hour: number
  readonly statusClass: number
  readonly requestBytes: number
  readonly responseBytes: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const SPAN_MS = 48 * HOUR_MS
/** The events are of the days before the run: the log says when it got them, and both must be near each other. */
const DAYS_BEFORE = 7
/** How far a gateway's clock jumps: further than any event may be late. */
const CLOCK_JUMP_MS = 1_000 * DAY_MS
const CLIENTS = 120
const STATUSES = [200, 200, 200, 201, 204, 304, 401, 404, 429, 500, 0]
/** The numbers of the classes that are told apart from 4xx. */
const CLASS_OF: Readonly<Record<number, number>> = { 401: 7, 429: 6 }
const COPIES = 0.1
const OUT_OF_ORDER = 0.05
const MALFORMED = 0.01
/** Copies of recent request ids come again well within any duplicate window. */
const RECENT_MAX = 500
const OLD_MAX = 1_000
const OLD_CHANCE = 0.02
const LINES_PER_FILE = 60_000
/** Every so manieth client is sent by a producer that learns late of new partitions. */
const LATE_CLIENTS = 3

/** With the client by which it is placed; null of a rejected event, whose copies stay in its partition. */
type Sent = { readonly outgoing: OutgoingRecord; readonly client: number | null }

/** The same events for the same seed, one after the other. */
export class EventMaker {
  readonly #random: Random
  readonly #eventsTotal: number
  readonly #startMs: number
  /** By which keys are placed. */
  #partitions: number
  /** By which some producers still place them; null where all have changed over. */
  #partitionsBefore: number | null = null
  #hasGrown = false
  readonly #files: readonly LineFile[]
  readonly #ended: LineFile[] = []
  #recent: Sent[] = []
  /** Of lines, whose copies are recognised however old they are; and what came shortly before the topic grew. */
  #old: Sent[] = []
  readonly #ids: RepeatedIds
  /** Events, without the copies of earlier ones. */
  made = 0

  /** @param nowMs of the run: decides the events' times, and nothing else of them */
  constructor(
    seed: number,
    { eventsTotal, partitions, windowSize }: Pick<Form, 'eventsTotal' | 'partitions' | 'windowSize'>,
    nowMs: number,
  ) {
    this.#startMs = (Math.floor(nowMs / DAY_MS) - DAYS_BEFORE) * DAY_MS
    this.#random = seededRandom(seed, 'events')
    this.#eventsTotal = eventsTotal
    this.#partitions = partitions
    this.#files = ['edge-1', 'edge-2'].map(source => new LineFile(source, 1, partitions))
    // A recent copy is remembered anew.
    const forgottenAfter = windowSize + 2 * RECENT_MAX
    this.#ids = new RepeatedIds(seededRandom(seed, 'ids'), partitions, forgottenAfter)
  }

  get left(): number {
    return Math.max(0, this.#eventsTotal - this.made)
  }

  get isDone(): boolean {
    return this.left === 0
  }

  /** The next event, and now and then an earlier one again. */
  next(): MadeRecord[] {
    const first = this.#random.chance(MALFORMED) ? this.#makeMalformed() : this.#makeRequest()
    this.made += 1
    const copy = this.#random.chance(COPIES) ? this.#chooseCopy() : undefined
    const made: MadeRecord[] = [
      first,
      ...(copy === undefined ? [] : [{ outgoing: copy, meaning: { kind: 'copy' } } as const]),
      ...this.#ids.repeat().map(outgoing => ({ outgoing, meaning: { kind: 'repeated' } }) as const),
    ]
    for (const { outgoing } of made) this.#ids.send(outgoing)
    return made
  }

  /**
   * The topic has got partitions, and keys move: most at once, some when the growth is agreed to. So do copies of what
   * was sent before. A rejected event is told from its copies in its own partition alone, and not across a growth: so
   * until then there are none, and no copies of those before.
   */
  beginGrowth(partitions: number): void {
    this.#partitionsBefore = this.#partitions
    this.#partitions = partitions
    this.#hasGrown = true
    this.#ids.grow(partitions)
    this.#recent = this.#recent.filter(({ client }) => client !== null)
    this.#old = [...this.#recent, ...this.#old.filter(({ client }) => client !== null)].slice(0, OLD_MAX)
  }

  /** The log says that the new partitions are counted: every producer places keys by all of them. */
  endGrowth(): void {
    this.#partitionsBefore = null
  }

  /** By which the sources say what they have sent: after everything else, one to each partition. */
  marks(): MadeRecord[] {
    const files = [...this.#ended, ...this.#files].filter(file => file.position > 0)
    return files.flatMap(file =>
      Array.from({ length: this.#partitions }, (_, partition) => ({
        outgoing: {
          to: { partition },
          value: encodeMark({
            kind: 'mark',
            source: file.source,
            file: file.name,
            position: file.position,
            eventsTotal: file.eventsByPartition[partition] ?? 0,
            throughMs: this.#startMs + SPAN_MS,
            format: 'nginx-json',
          }),
        },
        meaning: { kind: 'mark' },
      })),
    )
  }

  #partitionOf(client: number): number {
    const isLate = client % LATE_CLIENTS === 0
    return client % (isLate ? (this.#partitionsBefore ?? this.#partitions) : this.#partitions)
  }

  #makeRequest(): MadeRecord {
    const random = this.#random
    const client = Math.floor(random.next() ** 2 * CLIENTS)
    const partition = this.#partitionOf(client)
    const { source, identity } = this.#identify(partition)
    const status = STATUSES[random.whole(0, STATUSES.length - 1)] ?? 200
    const event = {
      clientId: `client-${client}`,
      integrationId: random.chance(0.1) ? '' : `shop-${client % 3}`,
      requestBytes: random.whole(200, 2_000),
      responseBytes: random.whole(0, 100_000),
    }
    const timeMs = this.#chooseTime()
    const request: RequestEvent = { kind: 'request', source, identity, timeMs, status, ...event }
    if (identity.kind === 'request_id') this.#ids.remember(request, partition)
    const value = encodeRequest(request)
    const hour = Math.floor(timeMs / HOUR_MS)
    const statusClass = CLASS_OF[status] ?? Math.floor(status / 100)
    const outgoing = this.#remember({ to: { partition }, value }, identity, client)
    return { outgoing, meaning: { kind: 'request', hour, statusClass, ...event } }
  }

  #chooseTime(): number {
    const random = this.#random
    const now = this.#startMs + Math.floor((this.made / this.#eventsTotal) * SPAN_MS)
    return random.chance(OUT_OF_ORDER) ? now - random.whole(1, 6) * HOUR_MS : now
  }

  #makeMalformed(): MadeRecord {
    const random = this.#random
    const partition = random.whole(0, this.#partitions - 1)
    const number = this.made
    switch (random.whole(0, this.#partitionsBefore === null ? 5 : 2)) {
      case 0:
        return garbage(partition, Buffer.from(`{"cut off after ${number}`))
      case 1:
        return garbage(partition, Buffer.from(`\0\0\0\0\x07 framed ${number}`))
      case 2:
        return garbage(partition, Buffer.from(JSON.stringify({ client_id: number })))
      case 3: {
        const { source, file, position } = this.#nextLine(partition)
        const why = { reason: 'line_not_json', detail: 'cut off', excerpt: '{"', lineBytes: 2 } as const
        const value = encodeRejectedLine({ kind: 'rejected_line', source, file, position, ...why })
        const outgoing = this.#remember(
          { to: { partition }, value },
          { kind: 'position', file, position },
          null,
        )
        return { outgoing, meaning: { kind: 'rejected' } }
      }
      case 4:
        return this.#makeRejected(partition, { timeMs: this.#chooseTime() - CLOCK_JUMP_MS, status: 200 })
      default:
        return this.#makeRejected(partition, { timeMs: this.#chooseTime(), status: 999 })
    }
  }

  /** Readable, and not acceptable. */
  #makeRejected(partition: number, wrong: { timeMs: number; status: number }): MadeRecord {
    const { source, identity } = this.#identify(partition)
    const event = { clientId: 'client-0', integrationId: '', requestBytes: 1, responseBytes: 1 }
    const value = encodeRequest({ kind: 'request', source, identity, ...wrong, ...event })
    const outgoing = this.#remember({ to: { partition }, value }, identity, null)
    return { outgoing, meaning: { kind: 'rejected' } }
  }

  #identify(partition: number): { source: string; identity: EventIdentity } {
    if (this.#random.chance(0.6)) {
      return { source: 'kong-1', identity: { kind: 'request_id', id: `request-${this.made}` } }
    }
    const { source, file, position } = this.#nextLine(partition)
    return { source, identity: { kind: 'position', file, position } }
  }

  #nextLine(partition: number): { source: string; file: string; position: number } {
    const index = this.#random.whole(0, this.#files.length - 1)
    let file = this.#files[index] ?? new LineFile('edge', 1, this.#partitions)
    if (file.lines >= LINES_PER_FILE) {
      this.#ended.push(file)
      file = new LineFile(file.source, file.number + 1, this.#partitions)
      ;(this.#files as LineFile[])[index] = file
    }
    return { source: file.source, file: file.name, position: file.take(partition, this.#random) }
  }

  #remember(outgoing: OutgoingRecord, identity: EventIdentity, client: number | null): OutgoingRecord {
    const sent = { outgoing, client }
    this.#recent.push(sent)
    if (this.#recent.length > RECENT_MAX) this.#recent.shift()
    // Once the topic has grown, what was rejected long ago is known by nobody.
    const isKept = client !== null || !this.#hasGrown
    if (identity.kind === 'position' && isKept && this.#random.chance(OLD_CHANCE)) {
      if (this.#old.length < OLD_MAX) this.#old.push(sent)
      else this.#old[this.#random.whole(0, OLD_MAX - 1)] = sent
    }
    return outgoing
  }

  /** As its producer would send it now: after a growth mostly to another partition. */
  #chooseCopy(): OutgoingRecord | undefined {
    const from = this.#random.chance(0.3) ? this.#old : this.#recent
    const sent = from[this.#random.whole(0, Math.max(0, from.length - 1))]
    if (sent === undefined || sent.client === null) return sent?.outgoing
    return { ...sent.outgoing, to: { partition: this.#partitionOf(sent.client) } }
  }
}

class LineFile {
  readonly source: string
  readonly number: number
  readonly name: string
  readonly eventsByPartition: number[]
  position = 0
  lines = 0

  constructor(source: string, number: number, partitions: number) {
    this.source = source
    this.number = number
    this.name = `${source}-file-${number}`
    this.eventsByPartition = Array.from({ length: partitions }, () => 0)
  }

  /** Where the next line begins. */
  take(partition: number, random: Random): number {
    const begin = this.position
    this.position += random.whole(120, 400)
    this.lines += 1
    this.eventsByPartition[partition] = (this.eventsByPartition[partition] ?? 0) + 1
    return begin
  }
}

function garbage(partition: number, value: Buffer): MadeRecord {
  return { outgoing: { to: { partition }, value }, meaning: { kind: 'garbage' } }
}
