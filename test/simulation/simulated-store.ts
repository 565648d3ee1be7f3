import type { BlockSum, Place } from '@forbruk/infra/ledger/blocks/blocks.ts'
import type { Growth, Standing } from '@forbruk/infra/ledger/blocks/progress.ts'
import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { SeenFile } from '@forbruk/infra/ledger/sources/source-files.ts'
import { type AcceptedGap, acceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import { blockLedger, type LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import { sourceLedger } from '@forbruk/infra/store/tables/source-ledger.ts'
import { type StoredStream, stream } from '@forbruk/infra/store/tables/stream.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import {
  type BlockPlace,
  type BlockTable,
  emptyTables,
  isBlockTable,
  type StoredRow,
  TABLES,
  toPlace,
} from './block-tables.ts'
import { type AnswersAtOnce, toLedgerReader } from './ledger-port.ts'
import type { Random } from './random.ts'
import { isIdentityTable, SimulatedIdentities } from './simulated-identities.ts'

const LOSABLE = ['usage_rollup', 'source_ledger', 'rejected_event'] as const
/** As in verify-blocks.ts: what is lost in older blocks is not looked for. */
const BLOCKS_VERIFIED = 4

/** Tables that keep the row with the highest version of each key; of equal versions the one inserted last. */
export class SimulatedStore {
  #stream: StoredStream | null = null
  readonly #gaps = new Map<number, AcceptedGap[]>()
  readonly identities = new SimulatedIdentities(this)
  #inserts: Record<BlockTable, (readonly StoredRow[])[]> = emptyTables(() => [])
  #visible: Record<BlockTable, Map<string, Map<string, StoredRow>>> = emptyTables(() => new Map())
  /** The visible ledger rows once more, by partition and block. */
  readonly #ledgers = new Map<number, Map<number, LedgerBlock>>()
  readonly #inOrder = new Map<number, LedgerBlock[]>()

  insert(table: string, rows: readonly StoredRow[]): BlockPlace[] {
    if (table === 'stream') {
      const [row] = rows
      this.#stream = row === undefined ? this.#stream : streamShape.parse(row)
      return []
    }
    // They are for the audit: nothing that counts reads one.
    if (table === 'seal') return []
    if (isIdentityTable(table)) return this.identities.insert(table, rows)
    if (!isBlockTable(table)) throw new Error(`insert into ${table}, which is not simulated`)
    this.#inserts[table].push(rows)
    return rows.map(row => this.#apply(table, row))
  }

  get isStreamKnown(): boolean {
    return this.#stream !== null
  }

  /** A gap that an operator accepts. */
  accept(table: string, rows: readonly StoredRow[]): void {
    if (table === 'seal') return
    if (table !== 'accepted_gap') throw new Error(`insert into ${table}, which no operator does`)
    for (const row of rows) {
      const gap = gapShape.parse(row)
      this.#gaps.set(gap.partition, [...(this.#gaps.get(gap.partition) ?? []), gap])
    }
  }

  rowsOf(table: BlockTable, { partition, block }: BlockPlace): ReadonlyMap<string, StoredRow> {
    return this.#visible[table].get(`${partition}|${block}`) ?? new Map()
  }

  /** Of which anything is in the ledger. */
  get partitions(): readonly number[] {
    return [...this.#ledgers.keys()]
  }

  /** Ledger rows of the partition, in order. */
  ledgerOf(partition: number): readonly LedgerBlock[] {
    const known = this.#inOrder.get(partition)
    if (known !== undefined) return known
    const blocks = [...(this.#ledgers.get(partition)?.values() ?? [])]
    blocks.sort((one, other) => one.firstOffset - other.firstOffset)
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
        if (newest.length === 0 || newest.some(row => this.isSettled(toPlace(row)))) break
        this.#inserts[table].pop()
        lost.push(...newest.map(toPlace))
      }
      const kept = this.#inserts[table]
      this.#visible[table] = new Map()
      for (const rows of kept) for (const row of rows) this.#apply(table, row)
    }
    return [...lost, ...this.identities.loseNewest(random)]
  }

  reader(): AnswersAtOnce {
    return {
      readStream: () => this.#stream,
      readStandings: () => {
        const standings = new Map<number, Standing>()
        for (const partition of this.#ledgers.keys()) {
          const ledger = this.ledgerOf(partition)
          const foldVersion = Math.max(...ledger.map(block => block.foldVersion))
          const { nextOffset = 0, pastMaxMs = null, aheadMaxMs = null } = ledger.at(-1) ?? {}
          const controlSequence = Math.max(...ledger.map(block => block.controlSequence))
          const counts = ledger.flatMap(block => block.partitionCount ?? [])
          const partitionCount = counts.length === 0 ? null : Math.max(...counts)
          const limits = { pastMaxMs, aheadMaxMs }
          standings.set(partition, { nextOffset, foldVersion, ...limits, controlSequence, partitionCount })
        }
        return standings
      },
      readGrowths: () => this.#growths(),
      readNewestBlocks: ({ partition }, blocksMax) => {
        const ledger = this.ledgerOf(partition)
        const sizes = ledger.map(block => (blocksMax + 1) * block.blockSize + block.windowSize)
        const from = (ledger.at(-1)?.nextOffset ?? 0) - Math.max(...sizes)
        return ledger.filter(block => block.nextOffset > from)
      },
      readIdentitySums: (_stream, firstBlocks) => this.identities.readSums(firstBlocks),
      readSumsFrom: (place, firstBlock) => this.#sums(place, firstBlock),
      readGaps: ({ partition }) => this.#gaps.get(partition) ?? [],
      readSeenFiles: (place, beforeBlock) => this.#seenFiles(place, beforeBlock),
      readRecognition: () => this.identities.readRecognition(),
      countRepeated: () => this.identities.countRepeated(),
      readIdentityBlocks: (_stream, beyond) => this.identities.readBlocks(beyond),
      readAlike: question => this.identities.readAlike(question),
      readRepeated: (_stream, first, last) => this.identities.readRepeated(first, last),
    }
  }

  readerPort(): LedgerReader {
    return toLedgerReader(this.reader(), async (_name, answer) => answer())
  }

  #growths(): Growth[] {
    const partitions = [...this.#ledgers.keys()].sort((one, other) => one - other)
    const grown = partitions.flatMap(partition => this.ledgerOf(partition)).flatMap(toGrowth)
    const first = new Map(grown.toReversed().map(growth => [growth.partitionCount, growth]))
    return [...first.values()].sort((one, other) => one.partitionCount - other.partitionCount)
  }

  /** Too old to be verified, so that nothing of it is lost. */
  isSettled({ partition, block }: BlockPlace): boolean {
    const newest = this.ledgerOf(partition).at(-1)
    const vouching = this.ledgerOf(partition).find(({ firstOffset }) => firstOffset === block)
    if (newest === undefined || vouching === undefined) return false
    return vouching.nextOffset <= newest.nextOffset - BLOCKS_VERIFIED * newest.blockSize
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
      const sum = sums.get(block) ?? { partition, block, ...NO_SUM }
      for (const column of SUMMED) sum[column] += columns[column] ?? 0
      sums.set(block, sum)
    }
    for (const row of this.#rowsFrom('usage_rollup', partition, firstBlock, Number.POSITIVE_INFINITY)) {
      const [requests, requestBytes, responseBytes] = usageColumns(row)
      add(row, { requests, requestBytes, responseBytes })
    }
    for (const row of this.#rowsFrom('rejected_event', partition, firstBlock, Number.POSITIVE_INFINITY)) {
      add(row, { rejected: Number(row.events), rejectedOfSources: Number(row.events_of_sources) })
    }
    for (const row of this.#rowsFrom('source_ledger', partition, firstBlock, Number.POSITIVE_INFINITY)) {
      add(row, {
        sourceEvents: Number(row.events),
        sourceDuplicates: Number(row.duplicates),
        sourceMarks: Number(row.marks),
      })
    }
    return [...sums.values()]
  }

  #seenFiles({ partition }: Place, beforeBlock: number): SeenFile[] {
    const newest = new Map<string, StoredRow>()
    for (const row of this.#rowsFrom('source_ledger', partition, 0, beforeBlock)) {
      const name = `${row.source}|${row.file}`
      if (Number(row.block) > Number(newest.get(name)?.block ?? -1)) newest.set(name, row)
    }
    return [...newest.values()].map(row => sourceShape.parse(row))
  }
}

const SUMMED = [
  'requests',
  'requestBytes',
  'responseBytes',
  'rejected',
  'rejectedOfSources',
  'sourceEvents',
  'sourceDuplicates',
  'sourceMarks',
] as const
const NO_SUM = {
  requests: 0,
  requestBytes: 0,
  responseBytes: 0,
  rejected: 0,
  rejectedOfSources: 0,
  sourceEvents: 0,
  sourceDuplicates: 0,
  sourceMarks: 0,
}

export function usageColumns(row: StoredRow): [number, number, number] {
  return [Number(row.requests), Number(row.request_bytes), Number(row.response_bytes)]
}

const streamShape = select(stream).shape
const gapShape = select(acceptedGap).shape
const sourceShape = select(sourceLedger).shape
const ledgerShape = select(blockLedger).shape

/** Its hours are written as seconds, which ClickHouse prints as times. */
function toLedgerBlock(row: StoredRow): LedgerBlock {
  const toTime = (seconds: unknown) =>
    typeof seconds === 'number' ? new Date(seconds * 1_000).toISOString() : seconds
  const [first_hour, last_hour] = [toTime(row.first_hour), toTime(row.last_hour)]
  const identity_hours = [row.identity_hours].flat().map(toTime)
  return ledgerShape.parse({ ...row, first_hour, last_hour, identity_hours })
}

function toGrowth(block: LedgerBlock): Growth[] {
  const { partitionCount, foldVersion, blockSize, windowSize } = block
  return partitionCount === null ? [] : [{ partitionCount, foldVersion, blockSize, windowSize }]
}
