import type { EventIdentity, SourceMark } from '@forbruk/schemas/event/log-event.ts'
import {
  encodeMark,
  encodeRejectedLine,
  encodeRequest,
  encodeStreamLimits,
  encodeStreamVersion,
  toJsonRequest,
} from '@forbruk/schemas/wire/encode.ts'
import { signAsStranger, TEST_KEY } from '../support/aggregator/stream-key.ts'
import { pickLimits } from './pick-geometry.ts'
import type { Random } from './random.ts'
import type { SimulatedEvent } from './simulated-event.ts'

export const STREAM = 'gateway.requests'

const HOUR_MS = 3_600_000
const START_MS = Date.UTC(2026, 9, 31, 20)
const DAY_MS = 24 * HOUR_MS
/** By hours, to the end of last year's logs and just beyond, and as a clock without a battery does. */
const CLOCK_JUMPS_MS = [-9_000, -402, -399, -3, 2, 20, 2_000].map(days => days * DAY_MS)
const SOURCES = ['gateway-1', 'gateway-2']
const FILES = ['access-a', 'access-b']

export type Content = { readonly value: Buffer | null; readonly events: readonly SimulatedEvent[] }

/** Who gives a mark: one of two shippers, now and then by a copy of its progress, or a program that doesn't say. */
function pickInstance(number: number): Pick<SourceMark, 'instance'> {
  if (number % 3 === 0) return {}
  const id = number % 2 === 0 ? 'aaaaaaaa' : 'bbbbbbbb'
  const run = number % 5 < 3 ? 'cccccccc' : 'dddddddd'
  const sequence = 1 + (Math.floor(number / 4) % 7)
  return { instance: { id, host: `host-${number % 4}`, run, sequence, wasUnnamed: number % 7 === 0 } }
}

type RequestContent = Extract<SimulatedEvent, { kind: 'request' }>

/** Makes one partition's records: new events, and every now and then an old one again, however old. */
export class RecordGenerator {
  readonly #random: Random
  readonly #nextPositions = new Map<string, number>()
  readonly #sent: Content[] = []
  #idsMade = 0
  readonly #place: { readonly stream: string; readonly partition: number }
  #nowMs = 0

  constructor(partition: number, random: Random) {
    this.#place = { stream: STREAM, partition }
    this.#random = random
  }

  /** @param canSign the stream has a key, which is made once the log has come to version 2 */
  next(nowMs: number, canSign: boolean): Content {
    this.#nowMs = nowMs
    const random = this.#random
    const content =
      this.#sent.length > 0 && random.chance(0.25)
        ? // Far or near: near ones are mostly within the duplicate window.
          random.pick(random.chance(0.5) ? this.#sent : this.#sent.slice(-8))
        : this.#newContent(canSign)
    this.#sent.push(content)
    return content
  }

  #newContent(canSign: boolean): Content {
    const roll = this.#random.next()
    if (roll < 0.66) return this.#request(canSign)
    if (roll < 0.76) return this.#severalRequests()
    if (roll < 0.83) return this.#mark()
    if (roll < 0.84 && canSign) return this.#limits()
    if (roll < 0.86) return this.#unproven()
    if (roll < 0.9) return this.#rejectedLine()
    return this.#malformed()
  }

  #request(canSign: boolean): Content {
    const event = this.#newRequest(this.#newIdentity())
    const value = encodeRequest(event)
    if (!canSign || !this.#random.chance(0.05)) return { value, events: [event] }
    // A person has vouched for its time.
    return { value: TEST_KEY.sign(this.#place, 0, value), events: [{ ...event, timeVouched: true }] }
  }

  /** A record with several events: JSON, one of them perhaps without a client. */
  #severalRequests(): Content {
    const random = this.#random
    const events: SimulatedEvent[] = []
    const json: object[] = []
    const repeated = this.#newIdentity()
    for (let left = random.between(2, 4); left > 0; left--) {
      const event = this.#newRequest(random.chance(0.3) ? repeated : this.#newIdentity())
      const faulty = random.chance(0.2)
      const { source, identity } = event
      json.push(toJsonRequest(faulty ? { ...event, clientId: '' } : event))
      events.push(
        faulty ? { kind: 'rejected', reason: 'client_missing', origin: { source, identity } } : event,
      )
    }
    return { value: Buffer.from(JSON.stringify(json)), events }
  }

  #mark(): Content {
    const random = this.#random
    const source = random.pick(SOURCES)
    const file = random.pick(FILES)
    const position = this.#nextPositions.get(source + file) ?? 0
    const eventsTotal = random.between(0, 50)
    const event: SimulatedEvent = {
      ...{ kind: 'mark', source, file, position, eventsTotal },
      throughMs: this.#time(),
      format: random.pick(['nginx-json', 'combined']),
      ...pickInstance(eventsTotal),
    }
    return { value: encodeMark(event), events: [event] }
  }

  /** An operator's word. Now and then an old one comes again, as every record may. */
  #limits(): Content {
    const limits = pickLimits(this.#random)
    const sequence = this.#nowMs
    const value = TEST_KEY.sign(this.#place, sequence, encodeStreamLimits(limits))
    return { value, events: [{ kind: 'stream_limits', ...limits, sequence }] }
  }

  /** What somebody says who may write to the topic and has no key: it must change nothing. */
  #unproven(): Content {
    const random = this.#random
    const rules = { foldVersion: 9, blockSize: random.between(2, 9), windowSize: 1 }
    const payload = random.pick([
      encodeStreamLimits(pickLimits(random)),
      encodeStreamVersion(rules),
      encodeRequest(this.#newRequest(this.#newIdentity())),
    ])
    const sequence = this.#nowMs + random.between(0, 9)
    const elsewhere = { ...this.#place, partition: this.#place.partition + 1 }
    const unproven = (value: Buffer, reason: string, reasonOfFirst: string): Content => ({
      value,
      events: [{ kind: 'unproven', reason, reasonOfFirst }],
    })
    switch (random.between(0, 3)) {
      case 0:
        return unproven(encodeStreamLimits(pickLimits(random)), 'control_unsigned', 'schema_unknown')
      case 1:
        return unproven(encodeStreamVersion(rules), 'control_unsigned', 'control_unsigned')
      case 2:
        return unproven(signAsStranger(this.#place, sequence, payload), 'signature_invalid', 'schema_unknown')
      default:
        return unproven(TEST_KEY.sign(elsewhere, sequence, payload), 'signature_invalid', 'schema_unknown')
    }
  }

  #rejectedLine(): Content {
    const source = this.#random.pick(SOURCES)
    const identity = this.#newLine(source)
    const reason = 'line_not_json'
    const { file, position } = identity
    const value = encodeRejectedLine({
      kind: 'rejected_line',
      source,
      file,
      position,
      reason,
      detail: 'no JSON',
      excerpt: '',
      lineBytes: 9,
    })
    return { value, events: [{ kind: 'rejected', reason, origin: { source, identity } }] }
  }

  #malformed(): Content {
    const random = this.#random
    const rejected = (reason: string): SimulatedEvent[] => [{ kind: 'rejected', reason, origin: null }]
    switch (random.between(0, 4)) {
      case 0:
        return { value: null, events: rejected('record_empty') }
      case 1:
        return { value: Buffer.from('{"client_id":'), events: rejected('json_malformed') }
      case 2:
        return {
          value: Buffer.from([0xc3, 0x01, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
          events: rejected('schema_unknown'),
        }
      case 3:
        // More than have rows of their own.
        return {
          value: Buffer.from(JSON.stringify(Array(20).fill({}))),
          events: Array(20).fill(rejected('event_malformed')[0]),
        }
      default: {
        // Readable, but from a gateway that does not name itself.
        const identity = this.#newIdentity()
        const event = { ...this.#newRequest(identity), source: '', status: 9000 }
        const origin = { source: '', identity }
        return {
          value: Buffer.from(JSON.stringify(toJsonRequest(event))),
          events: [{ kind: 'rejected', reason: 'status_invalid', origin }],
        }
      }
    }
  }

  #newRequest(identity: EventIdentity): RequestContent {
    const random = this.#random
    return {
      kind: 'request',
      source: random.pick(SOURCES),
      identity,
      clientId: random.pick(['fjord', 'fjell']),
      integrationId: random.pick(['', 'shop']),
      timeMs: this.#time(),
      status: random.pick([0, 200, 204, 401, 429, 503]),
      requestBytes: random.between(0, 999),
      responseBytes: random.between(0, 9_999),
    }
  }

  /** Late ones as well: the hour says nothing about the offset. And now and then a gateway's clock jumps. */
  #time(): number {
    const random = this.#random
    const jumpMs = random.chance(0.15) ? random.pick(CLOCK_JUMPS_MS) : 0
    return START_MS + jumpMs + random.between(0, 3) * HOUR_MS + random.between(0, HOUR_MS - 1)
  }

  #newIdentity(): EventIdentity {
    const roll = this.#random.next()
    if (roll < 0.5) {
      // Sometimes an id that another record has had: at any distance, within the window and beyond.
      const id = this.#random.chance(0.4) ? this.#random.between(0, this.#idsMade) : ++this.#idsMade
      return { kind: 'request_id', id: `id-${id}` }
    }
    return roll < 0.9 ? this.#newLine(this.#random.pick(SOURCES)) : { kind: 'none' }
  }

  #newLine(source: string): { kind: 'position'; file: string; position: number } {
    const file = this.#random.pick(FILES)
    const position = this.#nextPositions.get(source + file) ?? 0
    this.#nextPositions.set(source + file, position + this.#random.between(1, 300))
    return { kind: 'position', file, position }
  }
}
