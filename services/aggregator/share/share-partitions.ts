import { createHash } from 'node:crypto'

/**
 * By partition, the process whose it is: the same for all who see the same processes, as even as can be, and mostly the
 * same as before when one comes or goes. Pure.
 */
export function sharePartitions(partitionCount: number, processes: readonly string[]): string[] {
  const shareMax = Math.ceil(partitionCount / processes.length)
  const shares = new Map(processes.map(process => [process, 0]))
  return Array.from({ length: partitionCount }, (_, partition) => {
    const withRoom = processes.filter(process => (shares.get(process) ?? 0) < shareMax)
    const owner = withRoom.reduce((best, process) =>
      rank(process, partition) > rank(best, partition) ? process : best,
    )
    shares.set(owner, (shares.get(owner) ?? 0) + 1)
    return owner
  })
}

function rank(process: string, partition: number): string {
  return createHash('sha256').update(`${partition} ${process}`).digest('hex')
}
