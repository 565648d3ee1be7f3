import { isGone, type Neighbour } from '@forbruk/infra/signs/neighbours.ts'
import { sharePartitions } from './share-partitions.ts'

type Situation = {
  readonly self: string
  readonly isLeaving: boolean
  /** What this process counts now. */
  readonly held: ReadonlySet<number>
  readonly neighbours: readonly Neighbour[]
  readonly partitionCount: number
}

/**
 * What to count from now on: one's share, at once, whoever else counts it, since two that count a partition do no harm;
 * and what is no longer one's own for as long as its owner does not count it yet. Pure.
 */
export function choosePartitions(situation: Situation): ReadonlySet<number> {
  const { self, isLeaving, held, neighbours, partitionCount } = situation
  const staying = neighbours.filter(neighbour => !isGone(neighbour) && !neighbour.isLeaving)
  const processes = [...staying.map(({ process }) => process), ...(isLeaving ? [] : [self])]
  // Nobody is left to count on.
  if (processes.length === 0) return new Set()
  const owners = sharePartitions(partitionCount, processes)
  const counted = new Map(staying.map(({ process, held: byIt }) => [process, new Set(byIt)]))
  const isMine = (partition: number, owner: string) =>
    owner === self || (held.has(partition) && counted.get(owner)?.has(partition) !== true)
  return new Set(owners.flatMap((owner, partition) => (isMine(partition, owner) ? [partition] : [])))
}
