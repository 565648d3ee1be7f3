import type { Random } from './random.ts'
import type { SimulatedProcess } from './simulated-process.ts'

/** The consumer group: which process each partition belongs to, whatever the processes believe. */
export class Group {
  owners: (SimulatedProcess | null)[]

  constructor(partitionCount: number) {
    this.owners = Array.from({ length: partitionCount }, () => null)
  }

  grow(partitionCount: number): void {
    while (this.owners.length < partitionCount) this.owners.push(null)
  }

  rebalance(processes: readonly SimulatedProcess[], random: Random): void {
    const members = membersOf(processes)
    this.owners = this.owners.map(() => (members.length === 0 ? null : random.pick(members)))
  }

  assignOrphans(processes: readonly SimulatedProcess[], random: Random): void {
    const members = membersOf(processes)
    if (members.length === 0) return
    this.owners = this.owners.map(owner =>
      owner !== null && members.includes(owner) ? owner : random.pick(members),
    )
  }

  forget(process: SimulatedProcess): void {
    this.owners = this.owners.map(owner => (owner === process ? null : owner))
  }

  describe(): string {
    return this.owners.map(owner => owner?.name ?? '-').join(' ')
  }
}

function membersOf(processes: readonly SimulatedProcess[]): SimulatedProcess[] {
  return processes.filter(process => !process.isZombie && process.isConsuming && !process.isStopping)
}
