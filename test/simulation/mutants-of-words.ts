import { PartitionFold } from '@forbruk/aggregator/count/partition-fold.ts'
import { resumePartition } from '@forbruk/aggregator/resume/resume.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { TEST_KEY } from '../support/aggregator/stream-key.ts'
import { STREAM } from './generate-record.ts'
import { type Protocol, partsOfFold } from './protocol.ts'

/** On whose word a partition is counted, decided in a wrong way. */
export const MUTANTS_OF_WORDS: Readonly<Record<string, Partial<Protocol>>> = {
  'a signature is not looked at': {
    beginFold: (point, release) => new PartitionFold(point, { ...partsOfFold(release), verify: () => true }),
  },
  'no signature is believed': {
    beginFold: (point, release) => new PartitionFold(point, { ...partsOfFold(release), verify: () => false }),
  },
  'a signature for another partition is believed': {
    beginFold: (point, release) =>
      new PartitionFold(point, {
        ...partsOfFold(release),
        verify: (place, record) =>
          [0, 1].some(more => TEST_KEY.verify({ ...place, partition: place.partition + more }, record)),
      }),
  },
  'resuming forgets which words were heard': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      return { ...point, geometry: { ...point.geometry, controlSequence: 0 } }
    },
  },
  'limits without a signature are believed': {
    around: ports => ({
      ...ports,
      log: {
        ...ports.log,
        consume: (group, consumer) =>
          ports.log.consume(group, {
            assign: partition => consumer.assign(partition),
            revoke: partitions => consumer.revoke(partitions),
            receive: batch => {
              const records = batch.records.map(record => ({
                ...record,
                value: signLimits(batch.partition, record.appendTimeMs, record.value),
              }))
              return consumer.receive({ ...batch, records })
            },
          }),
      },
    }),
  },
}

function signLimits(partition: number, sequence: number, value: Buffer | null): Buffer | null {
  const isUnsigned = decodeRecord(value)[0]?.kind === 'stream_limits'
  return isUnsigned && value !== null ? TEST_KEY.sign({ stream: STREAM, partition }, sequence, value) : value
}
