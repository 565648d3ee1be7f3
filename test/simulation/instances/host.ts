import { UNNAMED_INSTANCE } from '@forbruk/schemas/event/special-instance.ts'
import type { SourceProgress } from '../../../services/shipper/progress/source-progress.ts'
import { settleObstacles } from '../../../services/shipper/settle-obstacles.ts'
import { Gateway } from '../files/gateway.ts'
import { SimulatedDisk } from '../files/simulated-disk.ts'
import type { WrittenLine } from '../files/written-lines.ts'
import type { Random } from '../random.ts'

export const LOG = '/log/access.log'
const NUMBERS = 1_000_000

/** A machine with a gateway and a shipper, under the one source name that all of them have. */
export class Host {
  readonly name: string
  readonly disk: SimulatedDisk
  readonly gateway: Gateway
  saved: SourceProgress | null
  /** Its shipper is of a release that gives marks without an id. */
  isOld = false
  /** It will never be started again. */
  isGone = false
  /** Its progress is another host's as well. */
  isCopied = false
  /** Before, nobody can know of it. */
  isHeard = false
  readonly #missing = new Map<number, WrittenLine>()
  #rotations = 0

  constructor(number: number, random: Random, clock: () => number, saved: SourceProgress | null) {
    this.name = `gw-${number}`
    this.saved = saved
    this.disk = new SimulatedDisk(['/log'], clock)
    const counted = { wrote: (line: WrittenLine) => void this.#missing.set(line.number, line) }
    this.gateway = new Gateway(random, this.disk, counted, clock, LOG, number * NUMBERS)
  }

  /** Lines that have to come, as far as nobody has given them up. */
  get missing(): readonly WrittenLine[] {
    return [...this.#missing.values()].filter(({ isDestroyed }) => !isDestroyed)
  }

  shipped(number: number): void {
    this.#missing.delete(number)
  }

  giveUp(): void {
    for (const line of this.missing) line.isDestroyed = true
  }

  /** A person has seen to what its shipper names. */
  giveUpObstacles(): void {
    if (this.saved === null || this.saved.obstacles.length === 0) return
    this.giveUp()
    const settled = { reason: 'lost', actor: 'kari', atMs: 0 }
    const all = this.saved.obstacles.map(one => ({ ...one, settled }))
    this.saved = settleObstacles(this.saved, all)
  }

  rotate(): void {
    this.#rotations += 1
    this.disk.rename(LOG, `${LOG}-2026100${this.#rotations}`)
    this.gateway.reopen(LOG, false)
  }
}

/** As its marks say. */
export function nameOf({ isOld, saved }: Host): string | undefined {
  return isOld ? UNNAMED_INSTANCE : saved?.instance?.id
}
