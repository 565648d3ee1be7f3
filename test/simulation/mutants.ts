import { Admission, type SourceFile, type SourceFiles } from '@forbruk/aggregator/count/admit.ts'
import { type ResumeParts, resumePartition } from '@forbruk/aggregator/resume/resume.ts'
import { flushRows } from '@forbruk/aggregator/run/flush.ts'
import type { BlockSum } from '@forbruk/infra/ledger/blocks.ts'
import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { rowsOf } from '@forbruk/infra/store/column-block.ts'
import { StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import { blockLedger, type LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import { toRow } from '@forbruk/infra/store/tables/table.ts'
import type { TextRange } from '@forbruk/schemas/wire/scan/scanned-request.ts'
import type { StoredRow } from './block-tables.ts'
import { type Ports, PROTOCOL, type Protocol } from './protocol.ts'

/** The protocol with one piece replaced by a wrong one: the simulation must tell each from the right one. */
export const MUTANTS: Readonly<Record<string, Partial<Protocol>>> = {
  'the ledger is written before the rows': {
    async write(store, flushes) {
      const ledger = flushes.flatMap(rows => rows.ledger).map(row => toRow(blockLedger, row))
      if (ledger.length > 0) await store.insert(blockLedger.name, ledger)
      await flushRows(
        store,
        flushes.map(rows => ({ ...rows, ledger: [] })),
      )
    },
  },
  'the version is the next offset': {
    around: withRows(row => ({ ...row, last_offset: Number(row.last_offset) + 1 })),
  },
  'the version is constant': { around: withRows(row => ({ ...row, last_offset: 0 })) },
  'a flush that failed is taken for done': {
    async write(store, flushes) {
      try {
        await flushRows(store, flushes)
      } catch (error) {
        if (error instanceof StoreUnavailableError) throw error
      }
    },
  },
  'resuming reads no window': {
    around: withLedger(ledger => ({
      readNewestBlocks: async (place, blocksMax) =>
        (await ledger.readNewestBlocks(place, blocksMax)).map(block => ({ ...block, requestIds: 0 })),
    })),
  },
  'resuming reads one offset of the window too few': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      return { ...point, readFromOffset: Math.min(point.readFromOffset + 1, point.foldFromOffset) }
    },
  },
  'resuming goes on at the committed offset': {
    around: withLedger(ledger => ({
      readNewestBlocks: async (place, blocksMax) =>
        (await ledger.readNewestBlocks(place, blocksMax)).map(block => ({
          ...block,
          firstOffset: block.nextOffset,
        })),
    })),
  },
  'resuming restores no high positions': {
    around: withLedger(() => ({ readSeenFiles: async () => [] })),
  },
  'resuming compares no rows with the ledger': { around: withSums((_sum, block) => sumsOf(block)) },
  'resuming compares no source rows with the ledger': {
    around: withSums((sum, block) => ({
      ...sum,
      sourceEvents: block.requests + sum.rejectedOfSources,
      sourceDuplicates: block.duplicates,
    })),
  },
  'resuming compares no marks with the ledger': {
    around: withSums((sum, block) => ({ ...sum, sourceMarks: block.marks })),
  },
  'resuming reads the bounds of the log before the ledger': {
    async resume(parts, partition) {
      const bounds = await parts.log.bounds(partition)
      return resumePartition(
        { ...parts, log: { topic: parts.log.topic, bounds: async () => bounds } },
        partition,
      )
    },
  },
  'the start of a partition is not stored first': { resume: resumeWithoutStart },
  'a block folded again is not compared with the ledger': {
    async resume(parts, partition) {
      return { ...(await resumePartition(parts, partition)), stored: new Map() }
    },
  },
  'only admitted request ids are remembered': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      const admission = new AdmissionOfAdmitted(point.geometry.windowSize, point.admission.sources)
      return { ...point, admission }
    },
  },
  'request ids of any day are remembered': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      const admission = new AdmissionOfAnyDay(point.geometry.windowSize, point.admission.sources)
      return { ...point, admission }
    },
  },
  'resuming forgets the blocks before': {
    async resume(parts, partition) {
      return { ...(await resumePartition(parts, partition)), before: [] }
    },
  },
  'resuming takes the newest version for an older block': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      const [newest] = (await parts.ledger.readNewestBlocks(point, 9)).slice(-1)
      if (newest === undefined) return point
      const { foldVersion, blockSize, windowSize } = newest
      return { ...point, geometry: { foldVersion, blockSize, windowSize } }
    },
  },
  'a partition is cut by its first sizes for ever': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      return { ...point, geometry: parts.ofNewPartition }
    },
  },
  'a window reaches over what older versions had forgotten': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      const windowSize = point.geometry.windowSize
      return { ...point, before: point.before.map(block => ({ ...block, windowSize })) }
    },
  },
  'an accepted gap is not asked for': { around: withLedger(() => ({ readGaps: async () => [] })) },
  'the day of a record is that of its arrival': {
    around: (ports, nowMs) => ({
      ...ports,
      log: {
        ...ports.log,
        consume: (group, consumer) =>
          ports.log.consume(group, {
            assign: partition => consumer.assign(partition),
            revoke: partitions => consumer.revoke(partitions),
            receive: (batch, heartbeat) => {
              const records = batch.records.map(record => ({ ...record, appendTimeMs: nowMs() }))
              return consumer.receive({ ...batch, records }, heartbeat)
            },
          }),
      },
    }),
  },
  'a block whose records are gone ends with no day': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      return { ...point, sealed: point.sealed && { ...point.sealed, firstAppendTimeMs: null } }
    },
  },
  'a block whose records are gone is begun anew': {
    async resume(parts, partition) {
      return { ...(await resumePartition(parts, partition)), sealed: null }
    },
  },
}

export function mutate(mutant: Partial<Protocol>): Protocol {
  return { ...PROTOCOL, ...mutant }
}

class AdmissionOfAdmitted extends Admission {
  readonly #admitted = new Map<string, number>()
  readonly #offsetsMax: number

  constructor(windowSize: number, sources: SourceFiles) {
    super(windowSize, sources)
    this.#offsetsMax = windowSize
  }

  override remember({ source }: SourceFile, texts: DataView, range: TextRange, offset: number): boolean {
    const id = `${source}\n${range.readIn(texts)}`
    const last = this.#admitted.get(id)
    const isDuplicate = last !== undefined && offset - last <= this.#offsetsMax
    if (!isDuplicate) this.#admitted.set(id, offset)
    return isDuplicate
  }
}

class AdmissionOfAnyDay extends Admission {
  override remember(file: SourceFile, texts: DataView, id: TextRange, offset: number): boolean {
    this.rememberedFrom = 0
    return super.remember(file, texts, id, offset)
  }
}

function withRows(change: (row: StoredRow) => StoredRow): Protocol['around'] {
  return ports => ({
    ...ports,
    store: {
      insert: (table, rows) => ports.store.insert(table, table === 'source_ledger' ? rows.map(change) : rows),
      insertBlocks: (table, blocks) => ports.store.insert(table, blocks.flatMap(rowsOf).map(change)),
    },
  })
}

function withLedger(change: (ledger: LedgerReader) => Partial<LedgerReader>): Protocol['around'] {
  return (ports: Ports) => ({ ...ports, ledger: { ...ports.ledger, ...change(ports.ledger) } })
}

/** The sums as they would be read if they were made of the ledger row itself. */
function withSums(change: (sum: BlockSum, block: LedgerBlock) => BlockSum): Protocol['around'] {
  return withLedger(ledger => ({
    async readSumsFrom(place, firstBlock) {
      const sums = await ledger.readSumsFrom(place, firstBlock)
      const blocks = await ledger.readNewestBlocks(place, Number.MAX_SAFE_INTEGER)
      return blocks
        .filter(block => block.firstOffset >= firstBlock)
        .map(block => change(sums.find(sum => sum.block === block.firstOffset) ?? sumsOf(block), block))
    },
  }))
}

function sumsOf(block: LedgerBlock): BlockSum {
  return {
    partition: block.partition,
    block: block.firstOffset,
    requests: block.requests,
    requestBytes: block.requestBytes,
    responseBytes: block.responseBytes,
    rejected: block.rejected,
    rejectedOfSources: 0,
    sourceEvents: block.requests,
    sourceDuplicates: block.duplicates,
    sourceMarks: block.marks,
  }
}

async function resumeWithoutStart(parts: ResumeParts, partition: number) {
  const { ledger, log, ofNewPartition } = parts
  const readNewestBlocks: LedgerReader['readNewestBlocks'] = async (place, blocksMax) => {
    const blocks = await ledger.readNewestBlocks(place, blocksMax)
    if (blocks.length > 0) return blocks
    const { startOffset } = await log.bounds(partition)
    const { blockSize, windowSize } = ofNewPartition
    const begin = { block: startOffset, firstOffset: startOffset, nextOffset: startOffset }
    return [{ ...NOTHING_COUNTED, ...place, ...begin, blockSize, windowSize }]
  }
  return resumePartition({ ...parts, ledger: { ...ledger, readNewestBlocks } }, partition)
}

const NOTHING_COUNTED = {
  foldVersion: 1,
  records: 0,
  marks: 0,
  firstHourMs: null,
  lastHourMs: null,
  firstAppendTimeMs: null,
  lastAppendTimeMs: null,
  events: 0,
  requests: 0,
  duplicates: 0,
  rejected: 0,
  requestIds: 0,
  requestBytes: 0,
  responseBytes: 0,
  fingerprint: 0n,
}
