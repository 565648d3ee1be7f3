import type { Random } from '../random.ts'
import type { Inode, SimulatedDisk } from './simulated-disk.ts'
import type { CountedLog } from './simulated-log.ts'
import { spell, type WrittenLine } from './written-lines.ts'

/** Lines come through buffers: they are written so much later than their requests. */
const LATE_MS_MAX = 30_000

/** Writes lines to the file that it has opened, whatever that is called by now. */
export class Gateway {
  readonly #random: Random
  readonly #disk: SimulatedDisk
  readonly #counted: Pick<CountedLog, 'wrote'>
  readonly #clock: () => number
  /** What each file holds. */
  readonly lines = new Map<Inode, WrittenLine[]>()
  #current: Inode
  /** Opened before the last rotations, and not closed yet. */
  readonly #old: Inode[] = []
  #half: { readonly inode: Inode; readonly rest: string; readonly line: WrittenLine } | null = null
  #numbers: number
  /** They end in half a line, which spoils the next one. */
  readonly #torn = new Set<Inode>()

  /** @param numbered the last number that another gateway has */
  constructor(
    random: Random,
    disk: SimulatedDisk,
    counted: Pick<CountedLog, 'wrote'>,
    clock: () => number,
    path: string,
    numbered = 0,
  ) {
    this.#numbers = numbered
    this.#random = random
    this.#disk = disk
    this.#counted = counted
    this.#clock = clock
    this.#current = disk.create(path)
    disk.openElsewhere = () => [this.#current, ...this.#old]
  }

  writeLines(count: number): void {
    this.completeLine()
    for (let index = 0; index < count; index++) this.#writeTo(this.#current, this.#nextLine())
  }

  writeHalf(): void {
    this.completeLine()
    const line = this.#nextLine()
    const text = spell(line)
    const cut = this.#random.between(1, text.length - 1)
    if (this.#current.names === 0 || this.#torn.delete(this.#current)) line.isDestroyed = true
    this.#disk.append(this.#current, text.slice(0, cut))
    this.#record(this.#current, line)
    this.#half = { inode: this.#current, rest: text.slice(cut), line }
  }

  completeLine(): void {
    if (this.#half === null) return
    this.#disk.append(this.#half.inode, this.#half.rest)
    this.#half = null
  }

  /** A worker that ends its last requests still has the old file open. */
  writeLate(): void {
    this.#dropDeleted()
    if (this.#old.length > 0) this.#writeTo(this.#random.pick(this.#old), this.#nextLine())
  }

  /** Opens the file that has the log's name now; `isAlike`: begins it as it began the one before. */
  reopen(path: string, isAlike: boolean): void {
    this.completeLine()
    const before = this.lines.get(this.#current)?.[0]
    const inode = this.#disk.at(path) ?? this.#disk.create(path)
    if (inode === this.#current) return
    this.#old.push(this.#current)
    while (this.#old.length > 2) this.#old.shift()
    this.#current = inode
    if (isAlike && before !== undefined && inode.content.length === 0) {
      const { number, timeMs } = before
      this.#writeTo(inode, { number, timeMs, vouchedMs: this.#clock(), isDestroyed: false })
    }
  }

  /** Dies, maybe with half a line written, and starts again. */
  crash(path: string): void {
    const torn = this.#half
    this.#half = null
    this.#old.length = 0
    this.#current = this.#disk.at(path) ?? this.#disk.create(path)
    if (torn === null) return
    torn.line.isDestroyed = true
    this.#torn.add(torn.inode)
  }

  /** What was not copied of a file that is truncated. */
  truncated(inode: Inode, copy: Inode, copied: readonly WrittenLine[]): void {
    for (const line of this.lines.get(inode)?.slice(copied.length) ?? []) line.isDestroyed = true
    this.lines.set(copy, [...copied])
    this.lines.set(inode, [])
    this.#torn.delete(inode)
    this.#dropHalf(inode)
  }

  /** What came after a file had been read by a compressor. */
  compressed(inode: Inode, into: Inode, read: readonly WrittenLine[]): void {
    for (const line of this.lines.get(inode)?.slice(read.length) ?? []) line.isDestroyed = true
    this.lines.set(into, [...read])
    this.#dropHalf(inode)
  }

  wholeLinesOf(inode: Inode): readonly WrittenLine[] {
    return (this.lines.get(inode) ?? []).filter(line => line !== this.#half?.line)
  }

  #dropHalf(inode: Inode): void {
    if (this.#half?.inode !== inode) return
    this.#half.line.isDestroyed = true
    this.#half = null
  }

  #dropDeleted(): void {
    const kept = this.#old.filter(({ names }) => names > 0)
    this.#old.splice(0, this.#old.length, ...kept)
  }

  #nextLine(): WrittenLine {
    const timeMs = this.#clock() - this.#random.between(0, LATE_MS_MAX)
    return { number: ++this.#numbers, timeMs, vouchedMs: timeMs, isDestroyed: false }
  }

  #writeTo(inode: Inode, line: WrittenLine): void {
    // A file without a name is read by nobody who didn't have it open before.
    if (inode.names === 0 || this.#torn.delete(inode)) line.isDestroyed = true
    this.#disk.append(inode, spell(line))
    this.#record(inode, line)
  }

  #record(inode: Inode, line: WrittenLine): void {
    this.lines.set(inode, [...(this.lines.get(inode) ?? []), line])
    this.#counted.wrote(line)
  }
}
