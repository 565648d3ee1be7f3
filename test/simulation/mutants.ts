import { geometryOf } from '@forbruk/aggregator/count/block.ts'
import { BlockProof, type CountedBlock } from '@forbruk/aggregator/count/block-proof.ts'
import { PartitionFold } from '@forbruk/aggregator/count/partition-fold.ts'
import { type ResumeParts, resumePartition } from '@forbruk/aggregator/resume/resume.ts'
import { flushRows } from '@forbruk/aggregator/run/flush.ts'
import type { BlockSum, Place } from '@forbruk/infra/ledger/blocks/blocks.ts'
import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { rowsOf } from '@forbruk/infra/store/column-block.ts'
import { StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import { blockLedger, type LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import { toRow } from '@forbruk/infra/store/tables/table.ts'
import type { StoredRow } from './block-tables.ts'
import {
  AdmissionOfAdmitted,
  AdmissionOfAnyDay,
  encodeLate,
  NewestBlockFirst,
  OpenBlockDropped,
  ProofLeftOwed,
  ProofTakenForGiven,
} from './broken-parts.ts'
import { MUTANTS_OF_GROWTH } from './mutants-of-growth.ts'
import { MUTANTS_OF_TIME } from './mutants-of-time.ts'
import { MUTANTS_OF_WORDS } from './mutants-of-words.ts'
import { type Ports, type Protocol, partsOfFold } from './protocol.ts'
import { RECOGNITION_MUTANTS } from './recognition-mutants.ts'

/** The protocol with one piece replaced by a wrong one: the simulation must tell each from the right one. */
export const MUTANTS: Readonly<Record<string, Partial<Protocol>>> = {
  ...RECOGNITION_MUTANTS,
  ...MUTANTS_OF_GROWTH,
  'the ledger is written before the rows': {
    async write(store, blocks) {
      const ledger = blocks.map(rows => toRow(blockLedger, rows.ledger))
      await store.insert(blockLedger.name, ledger)
      await flushRows(store, blocks)
    },
  },
  'the version is the next offset': {
    around: withRows(row => ({ ...row, last_offset: Number(row.last_offset) + 1 })),
  },
  'the version is constant': { around: withRows(row => ({ ...row, last_offset: 0 })) },
  'a flush that failed is taken for done': {
    async write(store, blocks) {
      try {
        await flushRows(store, blocks)
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
  'resuming forgets which shippers vouch for a source': {
    around: withLedger(ledger => ({
      readSeenFiles: async (place, beforeBlock) =>
        (await ledger.readSeenFiles(place, beforeBlock)).map(seen => ({ ...seen, instances: [] })),
    })),
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
    resume: withProof((place, _counted) => new BlockProof(place, new Map())),
  },
  'a block folded again is written before it has come to its ledger row': {
    resume: withProof((place, counted) => new ProofTakenForGiven(place, counted)),
  },
  'a block may end before it has come to its ledger row': {
    resume: withProof((place, counted) => new ProofLeftOwed(place, counted)),
  },
  'the open block is written before the complete ones': {
    beginFold: (point, release) => new NewestBlockFirst(point, partsOfFold(release)),
  },
  'an open block is taken and not written': {
    beginFold: (point, release) => new OpenBlockDropped(point, partsOfFold(release)),
  },
  'a block is encoded when it is written, not when it ends': {
    beginFold: (point, release) => new PartitionFold(point, { ...partsOfFold(release), encode: encodeLate }),
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
      return { ...(await resumePartition(parts, partition)), earlierBlocks: [] }
    },
  },
  'resuming takes the newest version for an older block': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      const [newest] = (await parts.ledger.readNewestBlocks(point, 9)).slice(-1)
      if (newest === undefined) return point
      return { ...point, geometry: geometryOf(newest) }
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
      return { ...point, earlierBlocks: point.earlierBlocks.map(block => ({ ...block, windowSize })) }
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
            receive: batch => {
              const records = batch.records.map(record => ({ ...record, appendTimeMs: nowMs() }))
              return consumer.receive({ ...batch, records })
            },
          }),
      },
    }),
  },
  'a block whose records are gone ends with no day': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      return {
        ...point,
        restoredBlock: point.restoredBlock && { ...point.restoredBlock, firstAppendTimeMs: null },
      }
    },
  },
  'a block whose records are gone is begun anew': {
    async resume(parts, partition) {
      return { ...(await resumePartition(parts, partition)), restoredBlock: null }
    },
  },
  ...MUTANTS_OF_TIME,
  ...MUTANTS_OF_WORDS,
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

/** @param prove of the blocks that are folded again, by first offset */
function withProof(
  prove: (place: Place, counted: ReadonlyMap<number, CountedBlock>) => BlockProof,
): Protocol['resume'] {
  return async (parts, partition) => {
    const point = await resumePartition(parts, partition)
    const blocks = (await parts.ledger.readNewestBlocks(point, 9)).filter(
      ({ firstOffset }) => firstOffset >= point.foldFromOffset,
    )
    return { ...point, proof: prove(point, new Map(blocks.map(block => [block.firstOffset, block]))) }
  }
}

async function resumeWithoutStart(parts: ResumeParts, partition: number) {
  const { ledger, log, ofNewPartition } = parts
  const readNewestBlocks: LedgerReader['readNewestBlocks'] = async (place, blocksMax) => {
    const blocks = await ledger.readNewestBlocks(place, blocksMax)
    if (blocks.length > 0) return blocks
    const { startOffset } = await log.bounds(partition)
    const begin = { block: startOffset, firstOffset: startOffset, nextOffset: startOffset }
    return [{ ...NOTHING_COUNTED, ...place, ...begin, ...ofNewPartition }]
  }
  return resumePartition({ ...parts, ledger: { ...ledger, readNewestBlocks } }, partition)
}

const NOTHING_COUNTED = {
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
  identities: null,
  identitySum: null,
  identityHoursMs: [],
}
