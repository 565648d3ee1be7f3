import type { RegistryFault } from './registry.ts'

/** Whoever has more mistakes than this made the same one in each line. */
const FAULTS_MAX = 1_000

/** The first mistakes by file and line, in whatever order they are found, and how many there are in all. */
export class FaultList {
  #faults: RegistryFault[] = []
  #count = 0

  add(fault: RegistryFault): void {
    this.#count += 1
    this.#faults.push(fault)
    if (this.#faults.length >= FAULTS_MAX * 2) this.#faults = this.first()
  }

  get count(): number {
    return this.#count
  }

  first(): RegistryFault[] {
    return this.#faults.toSorted(compareFaults).slice(0, FAULTS_MAX)
  }
}

function compareFaults(a: RegistryFault, b: RegistryFault): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return (a.line ?? 0) - (b.line ?? 0)
}
