import type { FileProgress } from '../../../services/shipper/progress/file-progress.ts'
import type { Gateway } from './gateway.ts'
import { numberOf } from './rotator.ts'
import type { Inode, SimulatedDisk } from './simulated-disk.ts'
import type { CountedLog } from './simulated-log.ts'

/** Which files may be deleted, so that a right shipper misses nothing or knows what it misses. */
export class MayGo {
  readonly #disk: SimulatedDisk
  readonly #gateway: Pick<Gateway, 'lines'>
  readonly #counted: Pick<CountedLog, 'isShipped'>
  /** As a shipper knows what lies there. */
  readonly #known: (inode: Inode) => readonly FileProgress[]
  readonly #isTold: (inode: Inode) => boolean
  #hasHole = false

  constructor(
    disk: SimulatedDisk,
    gateway: Pick<Gateway, 'lines'>,
    counted: Pick<CountedLog, 'isShipped'>,
    known: (inode: Inode) => readonly FileProgress[],
    isTold: (inode: Inode) => boolean,
  ) {
    this.#disk = disk
    this.#gateway = gateway
    this.#counted = counted
    this.#known = known
    this.#isTold = isTold
  }

  /**
   * A file of which everything was read, one that is known not to be read to its end, one of which it was told that
   * nothing was read, or one that leaves a hole in the numbers.
   */
  mayDelete(path: string): boolean {
    if (this.#hasHole) return false
    const inode = this.#disk.at(path)
    const lines = (inode && this.#gateway.lines.get(inode)) ?? []
    if (inode === undefined || lines.every(line => line.isDestroyed || this.#counted.isShipped(line)))
      return true
    if (this.#isTold(inode)) return true
    const known = this.#known(inode)
    if (known.length > 0) return known.some(({ done }) => !done)
    const number = numberOf(path)
    const leavesHole = this.#disk.paths.some(other => {
      const older = this.#disk.at(other)
      return (
        number !== null &&
        older !== undefined &&
        (numberOf(other) ?? 0) > number &&
        this.#known(older).length > 0
      )
    })
    // With what is older gone too, the hole would be none.
    this.#hasHole ||= leavesHole
    return leavesHole
  }
}
