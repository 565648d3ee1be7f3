import { withAdmin } from '../support/kafka/topics.ts'

/** The node that takes what counting commits. */
export function findCoordinator(addresses: readonly string[]): Promise<number> {
  return withAdmin(addresses, async admin => {
    const { groups } = await admin.listGroups()
    const group = groups.find(({ groupId }) => groupId.startsWith('forbruk-aggregator.'))
    const { topics } = await admin.fetchTopicMetadata({ topics: ['__consumer_offsets'] })
    const partitions = topics[0]?.partitions ?? []
    const its = partitions.find(
      ({ partitionId }) => partitionId === hashOf(group?.groupId ?? '') % partitions.length,
    )
    return its?.leader ?? 1
  })
}

/** As Kafka finds a group's partition: Java's hash of its name, without a sign. */
function hashOf(group: string): number {
  let hash = 0
  for (const character of group) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0
  return hash & 0x7fff_ffff
}
