import { SourceFiles } from '@forbruk/aggregator/count/admit.ts'
import type {
  BlockSum,
  LedgerBlock,
  LedgerGap,
  LedgerReader,
  Place,
  StoredStream,
} from '@forbruk/aggregator/resume/read-ledger.ts'
import {
  type BlockPlace,
  type BlockTable,
  emptyTables,
  isBlockTable,
  type StoredRow,
  TABLES,
  toPlace,
} from './block-tables.ts'
import type { Random } from './random.ts'

/** A ledger reader that answers in the moment it is asked. */
type AnswersAtOnce = {
  [Name in keyof LedgerReader]: (
    ...args: Parameters<LedgerReader[Name]>
  ) => Awaited<ReturnType<LedgerReader[Name]>>
}

const LOSABLE = ['usage_rollup', 'source_ledger', 'rejected_event'] as const
/** As in verify-blocks.ts: what is lost in older blocks is not looked for. */
const BLOCKS_VERIFIED = 4

/** Tables that keep the row with the highest version of each key; of equal versions the one inserted last. */
export class SimulatedStore {
  #stream: StoredStream | null = null
  readonly #gaps = new Map<number, LedgerGap[]>()
  #inserts: Record<BlockTable, (readonly StoredRow[])[]> = emptyTables(() => [])
  #visible: Record<BlockTable, Map<string, Map<string, StoredRow>>> = emptyTables(() => new Map())
  /** The visible ledger rows once more, by partition and block. */
  readonly #ledgers = new Map<number, Map<number, LedgerBlock>>()
  readonly #inOrder = new Map<number, LedgerBlock[]>()

  insert(table: string, rows: readonly StoredRow[]): BlockPlace[] {
    if (table === 'stream') {
      const [row] = rows
      this.#stream = row === undefined ? this.#stream : toStream(row)
      return []
    }
    if (!isBlockTable(table)) throw new Error(`insert into ${table}, which is not simulated`)
    this.#inserts[table].push(rows)
    return rows.map(row => this.#apply(table, row))
  }

  get isStreamKnown(): boolean {
    return this.#stream !== null
  }

  /** A gap that an operator accepts. */
  accept(table: string, rows: readonly StoredRow[]): void {
    if (table !== 'accepted_gap') throw new Error(`insert into ${table}, which no operator does`)
    for (const row of rows) {
      const gap = { from_offset: Number(row.from_offset), to_offset: Number(row.to_offset) }
      const partition = Number(row.partition)
      this.#gaps.set(partition, [...(this.#gaps.get(partition) ?? []), gap])
    }
  }

  rowsOf(table: BlockTable, { partition, block }: BlockPlace): ReadonlyMap<string, StoredRow> {
    return this.#visible[table].get(`${partition}|${block}`) ?? new Map()
  }

  /** Ledger rows of the partition, in order. */
  ledgerOf(partition: number): readonly LedgerBlock[] {
    const known = this.#inOrder.get(partition)
    if (known !== undefined) return known
    const blocks = [...(this.#ledgers.get(partition)?.values() ?? [])]
    blocks.sort((one, other) => one.first_offset - other.first_offset)
    this.#inOrder.set(partition, blocks)
    return blocks
  }

  /** All rows of a partition, as one text. */
  describe(partition: number): string {
    const rows = Object.keys(TABLES).flatMap(table =>
      isBlockTable(table) ? [...this.#rowsFrom(table, partition, 0, Number.POSITIVE_INFINITY)] : [],
    )
    return rows.map(row => JSON.stringify(row)).join('\n')
  }

  /** A power loss: of each table but the ledger, newest inserts that were acknowledged are gone. */
  loseNewestInserts(random: Random): BlockPlace[] {
    const lost: BlockPlace[] = []
    for (const table of LOSABLE) {
      for (let left = random.between(0, 6); left > 0; left--) {
        const newest = this.#inserts[table].at(-1) ?? []
        if (newest.length === 0 || newest.some(row => this.#isSettled(row))) break
        this.#inserts[table].pop()
        lost.push(...newest.map(toPlace))
      }
      const kept = this.#inserts[table]
      this.#visible[table] = new Map()
      for (const rows of kept) for (const row of rows) this.#apply(table, row)
    }
    return lost
  }

  reader(): AnswersAtOnce {
    return {
      readStream: () => this.#stream,
      readFoldVersions: () =>
        new Map(
          [...this.#ledgers.keys()].map(partition => [
            partition,
            Math.max(...this.ledgerOf(partition).map(({ fold_version }) => fold_version)),
          ]),
        ),
      readNextOffsets: () => {
        const partitions = [...this.#ledgers.keys()]
        return new Map(
          partitions.map(partition => [partition, this.ledgerOf(partition).at(-1)?.next_offset ?? 0]),
        )
      },
      readNewestBlocks: ({ partition }, blocksMax) => {
        const ledger = this.ledgerOf(partition)
        const sizes = ledger.map(block => (blocksMax + 1) * block.block_size + block.window_size)
        const from = (ledger.at(-1)?.next_offset ?? 0) - Math.max(...sizes)
        return ledger.filter(block => block.next_offset > from)
      },
      readBlockSums: (place, firstBlock) => this.#sums(place, firstBlock),
      readGaps: ({ partition }) => this.#gaps.get(partition) ?? [],
      readSources: (place, beforeBlock) => this.#sources(place, beforeBlock),
    }
  }

  readerPort(): LedgerReader {
    const reader = this.reader()
    return {
      readStream: async stream => reader.readStream(stream),
      readFoldVersions: async stream => reader.readFoldVersions(stream),
      readNextOffsets: async stream => reader.readNextOffsets(stream),
      readNewestBlocks: async (place, max) => reader.readNewestBlocks(place, max),
      readBlockSums: async (place, block) => reader.readBlockSums(place, block),
      readGaps: async place => reader.readGaps(place),
      readSources: async (place, block) => reader.readSources(place, block),
    }
  }

  #isSettled(row: StoredRow): boolean {
    const { partition, block } = toPlace(row)
    const newest = this.ledgerOf(partition).at(-1)
    const vouching = this.ledgerOf(partition).find(({ first_offset }) => first_offset === block)
    if (newest === undefined || vouching === undefined) return false
    return vouching.next_offset <= newest.next_offset - BLOCKS_VERIFIED * newest.block_size
  }

  #apply(table: BlockTable, row: StoredRow): BlockPlace {
    const place = toPlace(row)
    const blockName = `${place.partition}|${place.block}`
    const { key, version } = TABLES[table]
    let rows = this.#visible[table].get(blockName)
    if (rows === undefined) {
      rows = new Map()
      this.#visible[table].set(blockName, rows)
    }
    const name = key.map(column => row[column]).join('|')
    const held = rows.get(name)
    if (held !== undefined && version !== null && Number(row[version]) < Number(held[version])) return place
    rows.set(name, row)
    if (table === 'block_ledger') {
      const ledger = this.#ledgers.get(place.partition) ?? new Map()
      this.#ledgers.set(place.partition, ledger.set(place.block, toLedgerBlock(row)))
      this.#inOrder.delete(place.partition)
    }
    return place
  }

  *#rowsFrom(table: BlockTable, partition: number, from: number, to: number): Iterable<StoredRow> {
    for (const rows of this.#visible[table].values()) {
      for (const row of rows.values()) {
        if (row.partition !== partition) break
        const block = Number(row.block)
        if (block >= from && block < to) yield row
      }
    }
  }

  #sums({ partition }: Place, firstBlock: number): BlockSum[] {
    const sums = new Map<number, { -readonly [Column in keyof BlockSum]: number }>()
    const add = (row: StoredRow, columns: Partial<Record<keyof BlockSum, number>>) => {
      const block = Number(row.block)
      const sum = sums.get(block) ?? { block, ...NO_SUM }
      for (const column of SUMMED) sum[column] += columns[column] ?? 0
      sums.set(block, sum)
    }
    for (const row of this.#rowsFrom('usage_rollup', partition, firstBlock, Number.POSITIVE_INFINITY)) {
      const [requests, request_bytes, response_bytes] = usageColumns(row)
      add(row, { requests, request_bytes, response_bytes })
    }
    for (const row of this.#rowsFrom('rejected_event', partition, firstBlock, Number.POSITIVE_INFINITY)) {
      add(row, { rejected: 1, rejected_of_sources: row.source !== '' || row.file !== '' ? 1 : 0 })
    }
    for (const row of this.#rowsFrom('source_ledger', partition, firstBlock, Number.POSITIVE_INFINITY)) {
      add(row, {
        source_events: Number(row.events),
        source_duplicates: Number(row.duplicates),
        source_marks: Number(row.marks),
      })
    }
    return [...sums.values()]
  }

  #sources({ partition }: Place, beforeBlock: number): SourceFiles {
    const rows = [...this.#rowsFrom('source_ledger', partition, 0, beforeBlock)]
    const sources = new SourceFiles()
    for (const row of rows.sort((one, other) => Number(one.block) - Number(other.block))) {
      const file = sources.get(String(row.source), String(row.file))
      file.highPosition = Number(row.high_position)
      file.eventsSoFar = Number(row.events_so_far)
      file.markPosition = Number(row.mark_position)
      file.markEventsTotal = Number(row.mark_events_total)
      file.eventsAtMark = Number(row.events_at_mark)
      file.throughMs = row.through === null ? file.throughMs : toMs(row.through)
      file.format = String(row.format)
    }
    return sources
  }
}

const SUMMED = [
  'requests',
  'request_bytes',
  'response_bytes',
  'rejected',
  'rejected_of_sources',
  'source_events',
  'source_duplicates',
  'source_marks',
] as const
const NO_SUM = {
  requests: 0,
  request_bytes: 0,
  response_bytes: 0,
  rejected: 0,
  rejected_of_sources: 0,
  source_events: 0,
  source_duplicates: 0,
  source_marks: 0,
}

export function usageColumns(row: StoredRow): [number, number, number] {
  return [Number(row.requests), Number(row.request_bytes), Number(row.response_bytes)]
}

/** Of a DateTime64(3) as text. */
export function toMs(text: unknown): number {
  return Math.round(Number(text) * 1000)
}

function toStream(row: StoredRow): StoredStream {
  return {
    partition_count: Number(row.partition_count),
    block_size: Number(row.block_size),
    window_size: Number(row.window_size),
    fold_version: Number(row.fold_version),
  }
}

function toLedgerBlock(row: StoredRow): LedgerBlock {
  return {
    fold_version: Number(row.fold_version),
    block_size: Number(row.block_size),
    window_size: Number(row.window_size),
    first_offset: Number(row.first_offset),
    next_offset: Number(row.next_offset),
    records: Number(row.records),
    events: Number(row.events),
    requests: Number(row.requests),
    duplicates: Number(row.duplicates),
    rejected: Number(row.rejected),
    marks: Number(row.marks),
    request_ids: Number(row.request_ids),
    request_bytes: Number(row.request_bytes),
    response_bytes: Number(row.response_bytes),
    first_hour_ms: row.first_hour === null ? null : Number(row.first_hour) * 1000,
    last_hour_ms: row.last_hour === null ? null : Number(row.last_hour) * 1000,
    first_append_time_ms: row.first_append_time === null ? null : toMs(row.first_append_time),
    last_append_time_ms: row.last_append_time === null ? null : toMs(row.last_append_time),
    fingerprint: BigInt(String(row.fingerprint)),
  }
}
