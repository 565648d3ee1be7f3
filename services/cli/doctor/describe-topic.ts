export function describeTopic(topic: string, partitionCount: number | null, partitionsOfNew: number): string {
  const count = partitionCount ?? partitionsOfNew
  const toBeMade = partitionCount === null ? ', still to be made' : ''
  return `"${topic}" of ${count} ${count === 1 ? 'partition' : 'partitions'}${toBeMade}`
}
