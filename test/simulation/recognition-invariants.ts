import type { Offsets } from '@forbruk/infra/ledger/recognition/recognition.ts'
import type { RepeatedRequest } from '@forbruk/infra/store/tables/repeated-request.ts'
import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import type { StoredRow } from './block-tables.ts'
import type { Expectations } from './expectations.ts'
import type { Judged } from './oracle.ts'
import { hashWeakly, type IdentityTableName, toRepeated } from './simulated-identities.ts'
import type { SimulatedPartition } from './simulated-log.ts'
import type { SimulatedStore } from './simulated-store.ts'
import { Violation } from './violation.ts'

const HOUR_MS = 3_600_000

/** A request that its partition's fold counted, and whose id is kept. */
type CountedId = {
  readonly partition: number
  readonly offset: number
  readonly index: number
  readonly appendTimeMs: number
  readonly event: RequestEvent
  /** As it is kept, and its hash. */
  readonly id: string
  readonly hash: bigint
  readonly hourMs: number
  /** The id and its event's hour: what must count once. */
  readonly name: string
}

/** Holds what is said of repeated request ids against the log, looked through as a whole each time. */
export class RecognitionInvariants {
  readonly #store: SimulatedStore
  readonly #partitions: readonly SimulatedPartition[]
  readonly #expectations: Expectations

  constructor(store: SimulatedStore, partitions: readonly SimulatedPartition[], expectations: Expectations) {
    this.#store = store
    this.#partitions = partitions
    this.#expectations = expectations
  }

  /** After an insert. */
  check(table: IdentityTableName, rows: readonly StoredRow[]): void {
    if (table === 'request_identity') return
    const counted = this.#countedIds()
    if (table === 'repeated_request') for (const row of rows) this.#checkRow(toRepeated(row), counted)
    this.#checkSettled(this.#store.identities.recognised, counted)
  }

  /** When a process says that it has caught up. */
  checkCaughtUp(): void {
    const counted = this.#countedIds()
    this.#checkSettled(
      this.#partitions.map(({ endOffset }) => endOffset),
      counted,
    )
    const recognised = this.#store.identities.recognised
    const beyond = counted.find(({ partition, offset }) => offset >= (recognised[partition] ?? 0))
    if (beyond !== undefined)
      throw new Violation(
        `it says caught up, and ids are settled up to ${recognised}, not ${beyond.partition}/${beyond.offset}`,
      )
  }

  /** Below any settled offsets each id counts once: all its occurrences are known to be repeated. */
  #checkSettled(below: Offsets, counted: readonly CountedId[]): void {
    const rows = this.#store.identities.repeated
    const known = new Set(
      rows.filter(row => row.isKnown).map(row => `${row.partition}|${row.offset}|${row.eventIndex}`),
    )
    // What the log had lost can't be compared: it is said so, of the hour and hash.
    const excused = new Set(rows.filter(row => !row.isKnown).map(row => `${row.hourMs} ${row.idHash}`))
    const within = counted.filter(({ partition, offset }) => offset < (below[partition] ?? 0))
    for (const occurrences of Map.groupBy(within, ({ name }) => name).values()) {
      if (occurrences.length === 1) continue
      for (const { partition, offset, index, hash, hourMs, name } of occurrences) {
        if (known.has(`${partition}|${offset}|${index}`)) continue
        if (excused.has(`${hourMs} ${hash}`)) continue
        throw new Violation(
          `${name} counts ${occurrences.length} times below ${below}, ` +
            `and ${partition}/${offset} is not among the repeated`,
        )
      }
    }
  }

  #checkRow(row: RepeatedRequest, counted: readonly CountedId[]): void {
    const where = `repeated ${row.partition}/${row.offset}/${row.eventIndex}`
    const startOffset = this.#partitions[row.partition]?.startOffset ?? 0
    if (!row.isKnown && row.offset >= startOffset)
      throw new Violation(`${where} is not known, and the log has it`)
    if (!row.isKnown) return
    const truth = counted.find(
      ({ partition, offset, index }) =>
        partition === row.partition && offset === row.offset && index === row.eventIndex,
    )
    if (truth === undefined || describe(truth) !== describeRow(row))
      throw new Violation(`${where}: ${describeRow(row)}, expected ${truth && describe(truth)}`)
    if (counted.filter(({ name }) => name === truth.name).length < 2)
      throw new Violation(`${where}: ${truth.name} was counted once`)
  }

  #countedIds(): CountedId[] {
    return this.#partitions.flatMap(({ partition }) =>
      this.#expectations.eventsOf(partition).flatMap(judged => {
        const { event, offset, index, appendTimeMs } = judged
        const id = keptId(judged)
        if (id === null || event.kind !== 'request' || event.identity.kind === 'none') return []
        const hash = hashWeakly({ source: event.source, identity: event.identity })
        const hour = Math.floor(event.timeMs / HOUR_MS)
        const place = { partition, offset, index, appendTimeMs }
        return [{ ...place, event, id, hash, hourMs: hour * HOUR_MS, name: `${id} of hour ${hour}` }]
      }),
    )
  }
}

/** As in open-block.ts. */
const IDENTITIES_SINCE = 2
const LINES_SINCE = 3

/** What a counted request is recognised by, where its place is kept; null where there is nothing, or it is not kept. */
export function keptId({ event, verdict, foldVersion }: Judged): string | null {
  if (verdict !== 'counted' || event.kind !== 'request' || foldVersion < IDENTITIES_SINCE) return null
  const { source, identity, timeMs, clientId } = event
  if (identity.kind === 'request_id') return identity.id
  if (identity.kind === 'none' || foldVersion < LINES_SINCE) return null
  return [source, identity.file, identity.position, timeMs, clientId].join('\n')
}

/** Identities are kept since fold version 2, which has these apart. */
const OWN_CLASS: Readonly<Record<number, string>> = { 401: '401/407', 407: '401/407', 429: '429' }

function describe({ event, id, hourMs, appendTimeMs }: CountedId): string {
  const { source, clientId, integrationId, status, requestBytes, responseBytes } = event
  const statusClass = OWN_CLASS[status] ?? `${Math.floor(status / 100)}xx`
  return [
    ...[hourMs, id, appendTimeMs, source, clientId, integrationId, statusClass],
    ...[requestBytes, responseBytes],
  ].join(' ')
}

function describeRow(row: RepeatedRequest): string {
  const { hourMs, requestId, appendTimeMs, source, clientId, integrationId, statusClass } = row
  return [
    ...[hourMs, requestId, appendTimeMs, source, clientId, integrationId, statusClass],
    ...[row.requestBytes, row.responseBytes],
  ].join(' ')
}
