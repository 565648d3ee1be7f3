import { Partitioners } from 'kafkajs'

const partitioner = Partitioners.DefaultPartitioner()

/**
 * The partition of a key: murmur2 over its UTF-8 bytes, as Kafka's own client chooses by default.
 * Both logs ask here, so that a client is in the same partition of either.
 */
export function choosePartition(key: string, partitionCount: number): number {
  return partitioner({
    topic: '',
    // kafkajs's type asks for the message's value as well; only its key matters here.
    message: { key, value: null },
    partitionMetadata: metadataOf(partitionCount),
  })
}

type Metadata = Parameters<typeof partitioner>[0]['partitionMetadata']

const metadataByCount = new Map<number, Metadata>()

/** The partitioner wants a cluster's description, of which it reads the number of partitions. */
function metadataOf(partitionCount: number): Metadata {
  const known = metadataByCount.get(partitionCount)
  if (known) return known
  const metadata = Array.from({ length: partitionCount }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [0],
    isr: [0],
  }))
  metadataByCount.set(partitionCount, metadata)
  return metadata
}
