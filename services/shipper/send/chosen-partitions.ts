import { choosePartition } from '@forbruk/infra/log/choose-partition.ts'

const KEYS_MAX = 100_000

/** Which partition a key's records come to; of keys that come again it is remembered. */
export class ChosenPartitions {
  /** By how many there are to choose from. */
  readonly #byCount = new Map<number, Map<string, number>>()

  of(key: string, partitionCount: number): number {
    const byKey = this.#byCount.get(partitionCount) ?? new Map<string, number>()
    this.#byCount.set(partitionCount, byKey)
    const known = byKey.get(key)
    if (known !== undefined) return known
    if (byKey.size >= KEYS_MAX) byKey.clear()
    const partition = choosePartition(key, partitionCount)
    byKey.set(key, partition)
    return partition
  }
}
