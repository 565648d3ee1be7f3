import { choosePartition } from './choose-partition.ts'
import { EventLogError, type OutgoingRecord } from './event-log.ts'
import type { PlaceInLog } from './sole-writer.ts'

export type PlacedRecord = { readonly key: Buffer | null; readonly value: Buffer }

/** The largest record either log takes, key and value together, in bytes: what fits Kafka's default of 1 MiB. */
const RECORD_BYTES_MAX = 1_048_576 - 128

/**
 * Records by partition, each in the order given.
 * Throws EventLogError for a partition that the topic doesn't have and for a record that is too large.
 */
export function placeRecords(
  records: readonly OutgoingRecord[],
  topic: string,
  partitionCount: number,
): Map<number, PlacedRecord[]> {
  const placed = new Map<number, PlacedRecord[]>()
  for (const record of records) {
    const partition = partitionOf(record, partitionCount)
    checkPartition(topic, partition, partitionCount)
    const key = 'key' in record.to ? Buffer.from(record.to.key) : null
    const bytes = record.value.length + (key?.length ?? 0)
    if (bytes > RECORD_BYTES_MAX) {
      throw new EventLogError(
        `A record of ${bytes} bytes for partition ${partition} of "${topic}" is too large: ` +
          `the log takes ${RECORD_BYTES_MAX} bytes, key and value together. Split it.`,
      )
    }
    const neighbours = placed.get(partition)
    if (neighbours) neighbours.push({ key, value: record.value })
    else placed.set(partition, [{ key, value: record.value }])
  }
  return placed
}

export function partitionOf({ to }: Pick<OutgoingRecord, 'to'>, partitionCount: number): number {
  return 'key' in to ? choosePartition(to.key, partitionCount) : to.partition
}

/** Where each record stands, when those of a partition were appended in their order from `startOf` on. */
export function locateRecords(
  records: readonly OutgoingRecord[],
  partitionCount: number,
  startOf: (partition: number) => number,
): PlaceInLog[] {
  const nextOffsets = new Map<number, number>()
  return records.map(record => {
    const partition = partitionOf(record, partitionCount)
    const offset = nextOffsets.get(partition) ?? startOf(partition)
    nextOffsets.set(partition, offset + 1)
    return { partition, offset }
  })
}

export function checkPartition(topic: string, partition: number, partitionCount: number): void {
  if (Number.isInteger(partition) && partition >= 0 && partition < partitionCount) return
  throw new EventLogError(
    `"${topic}" has no partition ${partition}: it has ${partitionCount}, numbered from 0 to ${partitionCount - 1}.`,
  )
}
