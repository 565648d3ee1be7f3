import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { findLacking } from '@forbruk/infra/ledger/recognition/identity-sums.ts'
import type { IdentityPlace, Offsets } from '@forbruk/infra/ledger/recognition/recognition.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import { recognitionProgress } from '@forbruk/infra/store/tables/recognition-progress.ts'
import { repeatedRequest } from '@forbruk/infra/store/tables/repeated-request.ts'
import type { hashOrigin } from '../count/hash-identity.ts'
import { BLOCKS_VERIFIED, chooseVerified } from '../resume/verify-blocks.ts'
import { type findRepeated, keyOf } from './find-repeated.ts'
import { readOccurrences } from './read-occurrences.ts'

/** So many hours to a question, and so many hashes to an answer: what bounds memory. */
const HOURS_MAX = 512
export const HASHES_MAX = 16_384

export type RecogniseParts = {
  readonly ledger: LedgerReader
  readonly store: Pick<Store, 'insert'>
  readonly log: Pick<EventLog, 'topic' | 'bounds' | 'read'>
  readonly hashOrigin: typeof hashOrigin
  readonly findRepeated: typeof findRepeated
  readonly hashesMax: number
}

/**
 * Finds the request ids and lines that were counted more than once: by another partition, from another source, or
 * longer ago than a fold remembers. What it writes is a function of the log, so any process may do it, at any time,
 * twice or late. The progress comes after the rows it vouches for.
 */
export class Recogniser {
  readonly #parts: RecogniseParts
  /** Of the progress that this process has told or seen. */
  #sequence = 0
  /** Partitions whose newest blocks had all the identities that the ledger vouches for. */
  readonly #verified = new Set<number>()

  constructor(parts: RecogniseParts) {
    this.#parts = parts
  }

  /**
   * Settles what the ledger has by now, and answers up to where; null when `signal` broke it off. Throws what store and
   * log throw: nothing is settled then, and the next call does all of it again.
   */
  async settle(signal: AbortSignal): Promise<Offsets | null> {
    const { ledger, log } = this.#parts
    const standings = await ledger.readStandings(log.topic)
    const partitionCount = 1 + Math.max(-1, ...standings.keys())
    const counted = Array.from({ length: partitionCount }, (_, of) => standings.get(of)?.nextOffset ?? 0)
    const { from, to } = await this.#chooseOffsets(counted)
    const blocks = await ledger.readIdentityBlocks(log.topic, from)
    const hoursMs = new Set(blocks.flatMap(block => block.identityHoursMs))
    const sorted = [...hoursMs].sort((one, other) => one - other)
    for (let first = 0; first < sorted.length; first += HOURS_MAX) {
      const isDone = await this.#settleHours(sorted.slice(first, first + HOURS_MAX), from, to, signal)
      if (!isDone) return null
    }
    if (blocks.length > 0) await this.#tell(to, await ledger.countRepeated(log.topic))
    return to
  }

  async #tell(nextOffsets: Offsets, repeated: bigint): Promise<void> {
    const { store, log } = this.#parts
    const sequence = this.#sequence + 1
    await insertValues(store, recognitionProgress, [{ stream: log.topic, sequence, nextOffsets, repeated }])
    this.#sequence = sequence
  }

  /**
   * As the store has it, whatever this process has settled: another may have told late of less, and a month is closed
   * by what is stored. Where rows of that were lost, it is taken back before any is written again: their number alone
   * wouldn't tell then.
   */
  async #readSettled(): Promise<Offsets> {
    const { sequence, nextOffsets, isWhole } = await this.#parts.ledger.readRecognition(this.#parts.log.topic)
    // What others told meanwhile must not outlast what is told here.
    this.#sequence = Math.max(this.#sequence, sequence)
    if (isWhole) return nextOffsets
    await this.#tell([], 0n)
    return []
  }

  /**
   * No further than to a block whose identities are not all there: they come back, after a power loss, and then all of
   * them are new once more.
   */
  async #chooseOffsets(counted: Offsets): Promise<{ readonly from: Offsets; readonly to: Offsets }> {
    const settled = await this.#readSettled()
    const from = counted.map((_, partition) => settled[partition] ?? 0)
    const to = [...counted]
    const unverified = [...counted.keys()].filter(partition => !this.#verified.has(partition))
    for (const [partition, lacksAt] of await this.#verify(unverified)) {
      if (lacksAt === null) this.#verified.add(partition)
      else to[partition] = Math.min(to[partition] ?? 0, lacksAt)
    }
    return { from: from.map((offset, partition) => Math.min(offset, to[partition] ?? 0)), to }
  }

  /** By partition, where the first of its newest blocks begins that lacks identities; null where none does. */
  async #verify(unverified: readonly number[]): Promise<ReadonlyMap<number, number | null>> {
    const { ledger, log } = this.#parts
    const blocks: LedgerBlock[] = []
    for (const partition of unverified) {
      const newest = await ledger.readNewestBlocks({ stream: log.topic, partition }, BLOCKS_VERIFIED)
      blocks.push(...chooseVerified(newest))
    }
    const first = new Map(blocks.toReversed().map(block => [block.partition, block.firstOffset]))
    const sums = first.size === 0 ? [] : await ledger.readIdentitySums(log.topic, first)
    const lacking = findLacking(blocks, sums).map(({ block }) => block)
    return new Map(
      unverified.map(partition => {
        const block = lacking.find(each => each.partition === partition)
        return [partition, block?.firstOffset ?? null]
      }),
    )
  }

  async #settleHours(
    hoursMs: readonly number[],
    from: Offsets,
    to: Offsets,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { ledger, log, hashesMax } = this.#parts
    for (let after: IdentityPlace | null = null; !signal.aborted; ) {
      const question = { stream: log.topic, hoursMs, after, from, to, hashesMax }
      const places: IdentityPlace[] = await ledger.readAlike(question)
      const last = places.at(-1)
      if (last === undefined) return true
      const groups = Map.groupBy(places, ({ hourMs, idHash }) => `${hourMs} ${idHash}`)
      const alike = [...groups.values()].filter(group => group.length > 1)
      if (!(await this.#settleAlike(alike, signal))) return false
      after = last
    }
    return false
  }

  /** @param alike places that share hour and hash, in the order of these */
  async #settleAlike(alike: readonly IdentityPlace[][], signal: AbortSignal): Promise<boolean> {
    const { ledger, store, log } = this.#parts
    const places = alike.flat()
    const [first, last] = [places.at(0), places.at(-1)]
    if (first === undefined || last === undefined) return true
    const stored = await ledger.readRepeated(log.topic, first, last)
    const known = new Map(stored.filter(row => row.isKnown).map(row => [keyOf(row), row]))
    const told = new Set(stored.map(row => `${keyOf(row)} ${row.isKnown}`))
    const unread = places.filter(place => !known.has(keyOf(place)))
    for await (const occurrence of readOccurrences(this.#parts, unread, signal))
      known.set(keyOf(occurrence), occurrence)
    if (signal.aborted) return false
    const repeated = alike.flatMap(group => this.#parts.findRepeated(log.topic, group, known))
    const missing = repeated.filter(row => !told.has(`${keyOf(row)} ${row.isKnown}`))
    await insertValues(store, repeatedRequest, missing)
    return true
  }
}
