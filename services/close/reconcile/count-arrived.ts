import { createHash } from 'node:crypto'
import type { EventLog, LogRecord } from '@forbruk/infra/log/event-log.ts'
import type { EventIdentity } from '@forbruk/schemas/event/log-event.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import type { Coordinates } from '../rejected/coordinates.ts'
import { ReconciliationRefusedError } from './refusal.ts'

/** As far as a gateway's clock may be ahead of the log's, and its event still be counted unasked. */
const AHEAD_MS = 86_400_000
/** 400 MB of what they are known by. */
const EVENTS_MAX = 50_000_000

type Span = { readonly fromMs: number; readonly toMs: number }
type Arrived = { readonly arrived: number; readonly rejected: number }

/** What a source has sent, each once: what stands at the places that were mended is what it was mended to. */
class Counted {
  readonly requests = new DistinctIds()
  readonly #rejected = new DistinctIds()
  readonly #mended = new Set<bigint>()

  get size(): number {
    return this.requests.size + this.#rejected.size
  }

  reject(identity: EventIdentity, { isMended, isIn }: { isMended: boolean; isIn: boolean }): void {
    if (isMended && identity.kind !== 'none') this.#mended.add(hashOf(identity))
    else if (isIn && !isMended) this.#rejected.add(identity)
  }

  /** Copies of a line that was mended are the same line. */
  count(): Arrived {
    return { arrived: this.requests.count(), rejected: this.#rejected.count(this.#mended) }
  }
}

/**
 * Reads from the log what a source has sent: requests whose own time lies in the span, each once however often it came,
 * and rejected events that were appended in it. `isMended` tells places of what was sent again, and is one request
 * since. Throws ReconciliationRefusedError where the log may have held more than it holds now.
 */
export async function countArrived(
  log: EventLog,
  source: string,
  span: Span,
  isMended: (at: Coordinates) => boolean,
  onRead: (records: number) => void,
): Promise<Arrived> {
  const counted = new Counted()
  for (let partition = 0; partition < log.partitionCount; partition++) {
    const [from, to] = await findRange(log, partition, span)
    for await (const { records } of log.read(partition, from, to)) {
      for (const record of records) {
        const isMendedAt = (eventIndex: number) => isMended({ partition, offset: record.offset, eventIndex })
        countRecord(record, source, span, isMendedAt, counted)
      }
      if (counted.size > EVENTS_MAX) {
        throw new ReconciliationRefusedError(
          `more than ${EVENTS_MAX} requests came in that time; take a shorter one`,
        )
      }
      onRead(records.length)
    }
  }
  return counted.count()
}

async function findRange(log: EventLog, partition: number, { fromMs }: Span): Promise<[number, number]> {
  const { startOffset, endOffset } = await log.bounds(partition)
  const from = Math.max(startOffset, (await log.offsetForTime(partition, fromMs - AHEAD_MS)) ?? endOffset)
  // Nothing before it tells when what is gone was appended.
  if (startOffset > 0 && from === startOffset && startOffset < endOffset) {
    throw new ReconciliationRefusedError(
      `partition ${partition} of the log begins at offset ${startOffset}, which may be behind ` +
        `${new Date(fromMs).toISOString()}: what is gone can't be compared any more`,
    )
  }
  return [from, endOffset]
}

function countRecord(
  { value, appendTimeMs }: LogRecord,
  source: string,
  { fromMs, toMs }: Span,
  isMendedAt: (eventIndex: number) => boolean,
  counted: Counted,
): void {
  const isWithin = (timeMs: number) => timeMs >= fromMs && timeMs < toMs
  for (const [eventIndex, decoded] of decodeRecord(value).entries()) {
    const event = decoded.kind === 'signed' ? decoded.event : decoded
    const isMended = isMendedAt(eventIndex)
    const isIn = isWithin(appendTimeMs)
    switch (event.kind) {
      case 'request':
        if (event.source === source && isWithin(event.timeMs) && !isMended)
          counted.requests.add(event.identity)
        break
      case 'rejected_line': {
        const { file, position } = event
        if (event.source === source) counted.reject({ kind: 'position', file, position }, { isMended, isIn })
        break
      }
      case 'undecodable': {
        const { origin } = event
        if (origin?.source === source) counted.reject(origin.identity, { isMended, isIn })
      }
    }
  }
}

const NOTHING: ReadonlySet<bigint> = new Set()

/** Known by 64 bits of each: of fifty million two agree by chance once in 15 000 times. */
class DistinctIds {
  #hashes = new BigUint64Array(1_024)
  #nameless = 0
  size = 0

  add(identity: EventIdentity): void {
    if (identity.kind === 'none') {
      this.#nameless += 1
      return
    }
    if (this.size === this.#hashes.length) {
      const grown = new BigUint64Array(2 * this.size)
      grown.set(this.#hashes)
      this.#hashes = grown
    }
    this.#hashes[this.size] = hashOf(identity)
    this.size += 1
  }

  count(except: ReadonlySet<bigint> = NOTHING): number {
    const sorted = this.#hashes.subarray(0, this.size).sort()
    let distinct = this.#nameless
    for (const [at, hash] of sorted.entries())
      if ((at === 0 || hash !== sorted[at - 1]) && !except.has(hash)) distinct += 1
    return distinct
  }
}

function hashOf(identity: Exclude<EventIdentity, { kind: 'none' }>): bigint {
  const text =
    identity.kind === 'request_id' ? `id ${identity.id}` : `${identity.position} of ${identity.file}`
  return createHash('sha256').update(text).digest().readBigUInt64LE()
}
