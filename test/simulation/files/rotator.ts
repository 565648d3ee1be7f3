import { gzipSync } from 'node:zlib'
import type { Random } from '../random.ts'
import type { Gateway } from './gateway.ts'
import type { Inode, SimulatedDisk } from './simulated-disk.ts'
import type { WrittenLine } from './written-lines.ts'

type Scheme = 'numbered' | 'dated' | 'moved' | 'away' | 'copied'
export const SCHEMES: readonly Scheme[] = ['numbered', 'dated', 'moved', 'away', 'copied']

export const LOG = '/log/access.log'
export const OLD_FOLDER = '/log/old'
/** Where nobody looks who wasn't told to. */
export const AWAY_FOLDER = '/archive'
const FOLDERS: Readonly<Record<Scheme, string>> = {
  ...{ numbered: '/log', dated: '/log', copied: '/log' },
  ...{ moved: OLD_FOLDER, away: AWAY_FOLDER },
}
const KEPT_MAX = 4

type RotatorParts = {
  readonly random: Random
  readonly disk: SimulatedDisk
  readonly gateway: Gateway
  readonly scheme: Scheme
  /** Whether a file may be deleted: nothing of it is unread, or it is known that it isn't read to its end. */
  readonly mayDelete: (path: string) => boolean
  /** Whether a file may go out of the shipper's sight. */
  readonly mayLeave: (path: string) => boolean
  /** Whether the shipper looks wherever files are rotated to. */
  readonly isAllSeen: () => boolean
}

/** Rotates and compresses in small steps, any of which may be its last. */
export class Rotator {
  readonly #parts: RotatorParts
  readonly #steps: (() => void)[] = []
  #days = 0
  #isCopying = false

  constructor(parts: RotatorParts) {
    this.#parts = parts
  }

  /** A copy doesn't stop for half a minute in the middle of a line. */
  finishCopy(): void {
    if (this.#isCopying) this.step()
  }

  get isBusy(): boolean {
    return this.#steps.length > 0
  }

  step(): void {
    this.#steps.shift()?.()
  }

  crash(): void {
    if (!this.#isCopying) this.#steps.length = 0
  }

  rotate(): void {
    const { scheme, disk, gateway, random } = this.#parts
    if (disk.at(LOG) === undefined) {
      gateway.reopen(LOG, false)
      return
    }
    if (scheme === 'away' && !this.#parts.mayLeave(LOG)) return
    this.#days += 1
    switch (scheme) {
      case 'numbered':
      case 'moved':
      case 'away':
        this.#shiftNumbers(FOLDERS[scheme])
        this.#steps.push(() => disk.rename(LOG, `${FOLDERS[scheme]}/access.log.1`))
        break
      case 'dated':
        this.#steps.push(() => disk.rename(LOG, `/log/access-2026${1000 + this.#days}.log`))
        break
      case 'copied':
        this.#shiftNumbers('/log')
        this.#copyAndTruncate()
        return
    }
    const isAlike = random.chance(0.15) && (scheme !== 'away' || this.#parts.isAllSeen())
    if (random.chance(0.3)) this.#steps.push(() => gateway.writeLines(1))
    this.#steps.push(() => gateway.reopen(LOG, isAlike))
  }

  /** A whole file under its name with `.gz`, a little at a time. */
  compress(): void {
    const { disk, random } = this.#parts
    const plain = disk.paths.filter(path => path !== LOG && !path.endsWith('.gz'))
    if (plain.length === 0) return
    const path = random.pick(plain)
    const inode = disk.at(path)
    if (inode === undefined) return
    const into = `${path}.gz`
    // Half of a file that is stored as it is can be read, as that of a long one can.
    const content = gzipSync(inode.content, { level: random.pick([0, 6]) })
    const read = this.#parts.gateway.wholeLinesOf(inode)
    const parts = random.between(1, 3)
    this.#steps.push(() => this.#parts.gateway.lines.set(disk.create(into), [...read]))
    for (let part = 1; part <= parts; part++) {
      const end = Math.floor((content.length * part) / parts)
      this.#steps.push(() => this.#writePart(into, content.subarray(0, end)))
    }
    // With some tools the plain file goes before the compressed one is whole.
    const at = this.#steps.length - (random.chance(0.3) ? random.between(1, parts) : 0)
    this.#steps.splice(at, 0, () => this.#replace(path, inode, into, read))
  }

  /** By hand. */
  deleteOne(): void {
    const { disk, mayDelete, random } = this.#parts
    const rotated = disk.paths.filter(path => path !== LOG)
    if (rotated.length === 0) return
    const path = random.pick(rotated)
    // Nobody deletes a file that has a compressed copy already without a look at it.
    if (disk.at(`${path}.gz`) === undefined && mayDelete(path)) disk.delete(path)
  }

  #writePart(path: string, content: Buffer): void {
    const { disk } = this.#parts
    const inode = disk.at(path)
    if (inode !== undefined) disk.write(inode, content)
  }

  #replace(path: string, inode: Inode, into: string, read: readonly WrittenLine[]): void {
    const { disk, gateway } = this.#parts
    const compressed = disk.at(into)
    if (compressed === undefined || disk.at(path) !== inode) return
    gateway.compressed(inode, compressed, read)
    disk.delete(path)
  }

  /** From the highest number down; what is beyond the last one goes, if it may. */
  #shiftNumbers(folder: string): void {
    const { disk } = this.#parts
    const numbers = disk.paths.flatMap(path => {
      const found = /^access\.log\.(\d+)(\.gz)?$/.exec(path.slice(folder.length + 1))
      return path.startsWith(`${folder}/`) && found !== null
        ? [{ path, number: Number(found[1]), end: found[2] ?? '' }]
        : []
    })
    for (const { path, number, end } of numbers.toSorted((one, other) => other.number - one.number)) {
      this.#steps.push(() => {
        const inode = disk.at(path)
        if (number >= KEPT_MAX && inode !== undefined && this.#parts.mayDelete(path)) disk.delete(path)
        else disk.rename(path, `${folder}/access.log.${number + 1}${end}`)
      })
    }
  }

  #copyAndTruncate(): void {
    const { disk, gateway, random } = this.#parts
    const into = '/log/access.log.1'
    this.#steps.push(() => {
      const from = disk.at(LOG)
      if (from === undefined) return
      disk.append(disk.create(into), from.content.subarray(0, from.content.length / 2))
      this.#isCopying = true
    })
    this.#steps.push(() => {
      this.#isCopying = false
      const from = disk.at(LOG)
      const copy = disk.at(into)
      if (from === undefined || copy === undefined) return
      // A line may be half written at that moment, and whole in the log when that is truncated.
      if (random.chance(0.3)) gateway.writeHalf()
      else gateway.completeLine()
      const copied = gateway.wholeLinesOf(from)
      disk.write(copy, from.content)
      gateway.completeLine()
      const truncate = () => {
        gateway.truncated(from, copy, copied)
        disk.write(from, Buffer.alloc(0))
        if (random.chance(0.5)) gateway.writeLines(Math.min(copied.length, 50))
      }
      if (random.chance(0.5)) truncate()
      else this.#steps.unshift(truncate)
    })
  }
}

/** In `access.log.1` or `access.log.2.gz`; null where files are called otherwise. */
export function numberOf(path: string): number | null {
  const found = /access\.log\.(\d+)/.exec(path)
  return found === null ? null : Number(found[1])
}
