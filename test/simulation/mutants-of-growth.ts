import { Admission } from '@forbruk/aggregator/count/admit.ts'
import { findRepeated } from '@forbruk/aggregator/recognise/find-repeated.ts'
import { Recogniser } from '@forbruk/aggregator/recognise/recogniser.ts'
import { resumePartition } from '@forbruk/aggregator/resume/resume.ts'
import { flushRows } from '@forbruk/aggregator/run/flush.ts'
import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { type Protocol, partsOfRecognising } from './protocol.ts'

/** A stream that grows, counted in a wrong way. */
export const MUTANTS_OF_GROWTH: Readonly<Record<string, Partial<Protocol>>> = {
  'partitions are counted before anybody agreed to them': {
    around: ports => ({
      ...ports,
      ledger: {
        ...ports.ledger,
        async readStream(stream) {
          const stored = await ports.ledger.readStream(stream)
          return stored && { ...stored, partitionCount: ports.log.partitionCount }
        },
      },
    }),
  },
  'nobody notices that the stream has grown': { around: withLedger(() => ({ readGrowths: async () => [] })) },
  'a new partition begins as the stream began': {
    resume: (parts, partition) =>
      resumePartition(
        { ...parts, ofNewPartition: { ...parts.ofNewPartition, partitionCount: null } },
        partition,
      ),
  },
  'lines are told by their highest position once the stream has grown': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      const { sources } = point.admission
      return { ...point, admission: new AdmissionByPosition(point.geometry.windowSize, sources) }
    },
  },
  'resuming remembers no lines': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      const earlierBlocks = point.earlierBlocks.map(block => ({ ...block, partitionCount: null }))
      return { ...point, earlierBlocks }
    },
  },
  'lines are compared by nobody': {
    recognise: ports => {
      const parts = partsOfRecognising(ports)
      return new Recogniser({
        ...parts,
        findRepeated: (stream, places, known) =>
          findRepeated(stream, places, known).filter(({ requestId }) => !requestId.includes('\n')),
      })
    },
  },
  'a line is taken for every other at its position': {
    recognise: ports => {
      const parts = partsOfRecognising(ports)
      return new Recogniser({
        ...parts,
        findRepeated: (stream, places, known) => {
          const byPosition = [...known].map(([key, row]) => {
            const requestId = row.requestId.split('\n').slice(0, 3).join('\n')
            return [key, { ...row, requestId }] as const
          })
          const repeated = findRepeated(stream, places, new Map(byPosition))
          const names = new Map(
            [...known.values()].map(row => [`${row.partition} ${row.offset} ${row.eventIndex}`, row]),
          )
          return repeated.map(row => names.get(`${row.partition} ${row.offset} ${row.eventIndex}`) ?? row)
        },
      })
    },
  },
  'the record that says it is counted with the block before it': {
    write: (store, blocks) =>
      flushRows(
        store,
        blocks.map(rows => ({ ...rows, ledger: { ...rows.ledger, partitionCount: null } })),
      ),
  },
}

/** As in an ungrown stream. */
class AdmissionByPosition extends Admission {
  override isInWindow(identity: Parameters<Admission['isInWindow']>[0]): boolean {
    return identity === 'request_id'
  }
}

function withLedger(change: (ledger: LedgerReader) => Partial<LedgerReader>): Protocol['around'] {
  return ports => ({ ...ports, ledger: { ...ports.ledger, ...change(ports.ledger) } })
}
