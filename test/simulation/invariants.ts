import { isDeepStrictEqual } from 'node:util'
import type { StreamGeometry } from '@forbruk/aggregator/count/block.ts'
import { type BlockPlace, isBlockTable, type StoredRow, versionOf } from './block-tables.ts'
import { Expectations } from './expectations.ts'
import { ledgerOf, usageOf, within } from './oracle.ts'
import { sourcesOf } from './oracle-sources.ts'
import { keptId, RecognitionInvariants } from './recognition-invariants.ts'
import { rejectedRowsOf } from './rejected-rows.ts'
import type { SimulatedPartition } from './simulated-log.ts'
import { type SimulatedStore, usageColumns } from './simulated-store.ts'
import { Violation } from './violation.ts'

/** Holds what is visible in the store against the oracle: after each write what changed, at the end everything. */
export class Invariants {
  readonly #store: SimulatedStore
  readonly #partitions: readonly SimulatedPartition[]
  readonly #expectations: Expectations
  readonly recognition: RecognitionInvariants
  readonly #nextOffsets = new Map<number, number>()
  readonly #written = new Map<string, StoredRow>()
  /** Blocks that a power loss took rows of, until they are there again. */
  readonly #damaged = new Map<string, BlockPlace>()

  constructor(
    store: SimulatedStore,
    partitions: readonly SimulatedPartition[],
    ofNewPartition: (partition: number) => StreamGeometry,
  ) {
    this.#store = store
    this.#partitions = partitions
    this.#expectations = new Expectations(partitions, ofNewPartition)
    this.recognition = new RecognitionInvariants(store, partitions, this.#expectations)
  }

  lose(places: readonly BlockPlace[]): void {
    for (const place of places) this.#damaged.set(`${place.partition}|${place.block}`, place)
  }

  /** The oldest block of the partition that lacks rows, or null. */
  oldestDamaged(partition: number): number | null {
    const blocks = [...this.#damaged.values()].filter(place => place.partition === partition)
    return blocks.length === 0 ? null : Math.min(...blocks.map(place => place.block))
  }

  giveUp({ partition, ...gap }: { partition: number; fromOffset: number; toOffset: number }): void {
    this.#expectations.giveUp(partition, gap)
  }

  /** Whether the ledger of the partition has come to the log's end, but for what was given up. */
  isCountedTo(partition: number, endOffset: number): boolean {
    const nextOffset = this.#store.ledgerOf(partition).at(-1)?.nextOffset
    return nextOffset !== undefined && this.#expectations.behindGap(partition, nextOffset) === endOffset
  }

  /** Before an insert: whoever writes a row at a version writes the same one. */
  checkRows(table: string, rows: readonly StoredRow[]): void {
    if (!isBlockTable(table)) return
    for (const row of rows) {
      const name = versionOf(table, row)
      const earlier = this.#written.get(name)
      if (earlier === undefined) this.#written.set(name, row)
      else if (!isDeepStrictEqual(earlier, row)) {
        throw new Violation(`two rows at one version, ${name}: ${show(earlier)} and ${show(row)}`)
      }
    }
  }

  /** After an insert or a loss, the blocks it touched. */
  check(places: readonly BlockPlace[]): void {
    const names = new Map(places.map(place => [`${place.partition}|${place.block}`, place]))
    for (const partition of new Set(places.map(place => place.partition))) this.#checkLedger(partition)
    for (const place of names.values()) this.#checkBlock(place)
  }

  /** When everything is counted. */
  checkAll(): void {
    for (const { partition, startOffset, endOffset } of this.#partitions) {
      const ledger = this.#store.ledgerOf(partition)
      const nextOffset = ledger.at(-1)?.nextOffset
      if (nextOffset === undefined && startOffset === endOffset) continue
      if (nextOffset === undefined || this.#expectations.behindGap(partition, nextOffset) !== endOffset) {
        throw new Violation(
          `partition ${partition}: counted up to ${nextOffset}, the log ends at ${endOffset}`,
        )
      }
      this.#checkLedger(partition)
      for (const { firstOffset: block } of ledger) this.#checkBlock({ partition, block })
      this.#checkTotals(partition)
    }
    if (this.#damaged.size > 0)
      throw new Violation(`rows lost in a power loss never came back: ${[...this.#damaged.keys()]}`)
  }

  #checkLedger(partition: number): void {
    const ledger = this.#store.ledgerOf(partition)
    const where = `ledger of partition ${partition}`
    const first = ledger.at(0)
    const last = ledger.at(-1)
    if (first === undefined || last === undefined) return
    this.#checkFirst(partition, first.firstOffset)
    for (const [index, { firstOffset: block, nextOffset }] of ledger.entries()) {
      const end = this.#expectations.endOf({ partition, block })
      const isWhole = index === ledger.length - 1 ? nextOffset <= (end ?? 0) : nextOffset === end
      const before = ledger[index - 1]?.nextOffset
      const begin = before === undefined ? first.firstOffset : this.#expectations.behindGap(partition, before)
      const isContiguous = block === begin
      if (!isContiguous || !isWhole) throw new Violation(`${where}: gap or overlap at block ${block}`)
    }
    if (last.nextOffset < (this.#nextOffsets.get(partition) ?? 0)) throw new Violation(`${where} went back`)
    this.#nextOffsets.set(partition, last.nextOffset)
  }

  /** Where a partition begins is decided as soon as anything of it is counted. */
  #checkFirst(partition: number, firstOffset: number): void {
    const known = this.#expectations.firstOffset(partition)
    if (known === firstOffset) return
    const where = `ledger of partition ${partition}`
    if (known !== undefined && (this.#nextOffsets.get(partition) ?? 0) > known) {
      throw new Violation(`${where} began at ${known}, and now at ${firstOffset}`)
    }
    if (!this.#partitions[partition]?.startOffsets.includes(firstOffset)) {
      throw new Violation(`${where} begins at ${firstOffset}, where the log never began`)
    }
    this.#expectations.beginAt(partition, firstOffset)
  }

  #checkBlock(place: BlockPlace): void {
    const { partition, block } = place
    // Not begun: which offset is the first to count is not decided yet.
    if (this.#expectations.firstOffset(partition) === undefined) return
    const ledger = [...this.#store.rowsOf('block_ledger', place).values()].at(0)
    const vouchedTo = ledger === undefined ? 0 : Number(ledger.next_offset)
    const name = `${partition}|${block}`
    const lacking = this.#findLacking(place, vouchedTo)
    if (lacking === null) this.#damaged.delete(name)
    else if (!this.#damaged.has(name))
      throw new Violation(
        `${lacking} of partition ${partition}, block ${block}, which its ledger row at ${vouchedTo} vouches for, ` +
          'is not there',
      )
    this.#checkUsage(place)
    this.#checkSources(place)
    this.#checkRejected(place)
    if (ledger === undefined) return
    const expected = this.#expectations.of(place, vouchedTo, ledgerOf)
    const found = {
      ...ledger,
      first_append_time: toMs(ledger.first_append_time),
      last_append_time: toMs(ledger.last_append_time),
    }
    this.#compare(place, `ledger row at ${vouchedTo}`, found, expected, Object.keys(expected))
    // A start of which nothing is counted: its first record may say another version.
    if (vouchedTo === place.block) return
    const sizes = this.#expectations.geometryOf(place)
    const expectedSizes = {
      fold_version: sizes?.foldVersion,
      block_size: sizes?.blockSize,
      window_size: sizes?.windowSize,
      past_max_ms: sizes?.pastMaxMs,
      ahead_max_ms: sizes?.aheadMaxMs,
      partition_count: sizes?.partitionCount,
    }
    this.#compare(place, 'ledger row', ledger, expectedSizes, Object.keys(expectedSizes))
  }

  /** The first row that a ledger row at `vouchedTo` vouches for and that is older than that or not there. */
  #findLacking(place: BlockPlace, vouchedTo: number): string | null {
    const usage = this.#store.rowsOf('usage_rollup', place)
    for (const [key, columns] of this.#expectations.of(place, vouchedTo, usageOf)) {
      const row = usage.get(key)
      if (row === undefined || usageColumns(row)[0] < (columns[0] ?? 0)) return `usage ${key}`
    }
    const sources = this.#store.rowsOf('source_ledger', place)
    for (const [key, { events, duplicates, marks }] of this.#expectations.of(place, vouchedTo, sourcesOf)) {
      const row = sources.get(key)
      const found = row === undefined ? 0 : Number(row.events) + Number(row.duplicates) + Number(row.marks)
      if (found < events + duplicates + marks) return `source row ${key}`
    }
    for (const judged of this.#expectations.of(place, vouchedTo, within)) {
      const { offset, index } = judged
      const stand = { partition: place.partition, offset, eventIndex: index }
      if (keptId(judged) !== null && !this.#store.identities.has(stand))
        return `identity at ${offset}|${index}`
    }
    const rejected = this.#store.rowsOf('rejected_event', place)
    const expected = [...rejectedRowsOf(this.#expectations.of(place, vouchedTo, within)).keys()]
    const lost = expected.find(key => !rejected.has(key))
    if (lost !== undefined) return `rejected event ${lost}`
    return null
  }

  #checkUsage(place: BlockPlace): void {
    for (const [key, row] of this.#store.rowsOf('usage_rollup', place)) {
      const expected = this.#expectations.of(place, this.#standOf(place, row), usageOf).get(key)
      const found = usageColumns(row)
      if (!expected?.every((value, column) => value === found[column]))
        this.#differ(place, `usage ${key} at ${row.last_offset}`, found, expected)
    }
  }

  #checkSources(place: BlockPlace): void {
    for (const [key, row] of this.#store.rowsOf('source_ledger', place)) {
      const expected = this.#expectations.of(place, this.#standOf(place, row), sourcesOf).get(key)
      if (expected === undefined) this.#differ(place, `source ${key}`, row, expected)
      const found = { ...row, through: toMs(row.through), instances: JSON.stringify(row.instances) }
      this.#compare(place, `source ${key} at ${row.last_offset}`, found, expected, Object.keys(expected))
    }
  }

  #checkRejected(place: BlockPlace): void {
    const rows = this.#store.rowsOf('rejected_event', place)
    if (rows.size === 0) return
    const judged = this.#expectations.eventsOf(place.partition).filter(({ block }) => block === place.block)
    const reasons = new Map(judged.map(({ offset, index, reason }) => [`${offset}|${index}`, reason]))
    const events = rejectedRowsOf(judged)
    for (const [key, row] of rows) {
      const reason = reasons.get(key)
      if (row.reason !== reason) this.#differ(place, `rejected ${key}`, row.reason, reason)
      const expected = events.get(key)
      if (row.events !== expected) this.#differ(place, `events of rejected ${key}`, row.events, expected)
    }
  }

  /** All of a partition at once, and judged anew. */
  #checkTotals(partition: number): void {
    this.#expectations.judgeAnew(partition)
    const expected = new Map<string, number>()
    for (const { verdict, event } of this.#expectations.eventsOf(partition)) {
      if (verdict !== 'counted' || event.kind !== 'request') continue
      expected.set(event.clientId, (expected.get(event.clientId) ?? 0) + 1)
    }
    const found = new Map<string, number>()
    for (const { firstOffset: block } of this.#store.ledgerOf(partition)) {
      for (const row of this.#store.rowsOf('usage_rollup', { partition, block }).values()) {
        const client = String(row.client_id)
        found.set(client, (found.get(client) ?? 0) + usageColumns(row)[0])
      }
    }
    if (!isDeepStrictEqual(found, expected)) {
      throw new Violation(
        `partition ${partition}: ${show([...found])} requests, expected ${show([...expected])}`,
      )
    }
  }

  /** The offset that a row stands at: it must lie in its block, and in the log. */
  #standOf(place: BlockPlace, row: StoredRow): number {
    const nextOffset = Number(row.last_offset) + 1
    const endOffset = this.#partitions[place.partition]?.endOffset ?? 0
    const end = this.#expectations.nextBlockOf(place) ?? 0
    if (nextOffset <= place.block || nextOffset > Math.min(endOffset, end)) {
      throw new Violation(
        `a row of partition ${place.partition}, block ${place.block} has version ${row.last_offset}`,
      )
    }
    return nextOffset
  }

  #compare(
    place: BlockPlace,
    what: string,
    found: StoredRow,
    expected: StoredRow,
    columns: readonly string[],
  ): void {
    for (const column of columns) {
      if (found[column] !== expected[column])
        this.#differ(place, `${column} of ${what}`, found[column], expected[column])
    }
  }

  #differ(place: BlockPlace, what: string, found: unknown, expected: unknown): never {
    const where = `partition ${place.partition}, block ${place.block}`
    throw new Violation(`${where}: ${what} is ${show(found)}, expected ${show(expected)}`)
  }
}

function toMs(time: unknown): number | null {
  return time === null ? null : Date.parse(String(time))
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing'
}
