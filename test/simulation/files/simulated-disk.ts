import { posix } from 'node:path'
import type { FileFacts, LogFiles, OpenLogFile } from '../../../services/shipper/files/log-files.ts'

export type Inode = {
  readonly number: number
  /** Where the disk tells it: no two were made at once. */
  readonly born: string | undefined
  content: Buffer
  modifiedMs: number
  writes: number
  names: number
}

/** A file system in memory, which gives the numbers of deleted files to new ones. */
export class SimulatedDisk {
  readonly #names = new Map<string, Inode>()
  readonly #folders: readonly string[]
  readonly #clock: () => number
  #writes = 0
  #births = 0
  /** Whether it tells when a file was made. */
  tellsBirths = false
  /** By the process that sees it, maybe several times. */
  readonly #open = new Map<OpenLogFile, Inode>()
  /** By others: what is open keeps its number, though it was deleted. */
  openElsewhere: () => readonly Inode[] = () => []

  constructor(folders: readonly string[], clock: () => number) {
    this.#folders = folders
    this.#clock = clock
  }

  get paths(): readonly string[] {
    return [...this.#names.keys()].sort()
  }

  at(path: string): Inode | undefined {
    return this.#names.get(path)
  }

  create(path: string): Inode {
    this.delete(path)
    const inUse = [...this.#names.values(), ...this.#open.values(), ...this.openElsewhere()]
    const taken = new Set(inUse.map(({ number }) => number))
    let number = 1
    while (taken.has(number)) number += 1
    const born = this.tellsBirths ? String(++this.#births) : undefined
    const inode = { number, born, content: Buffer.alloc(0), modifiedMs: this.#clock(), writes: 0, names: 1 }
    this.#names.set(path, inode)
    this.write(inode, inode.content)
    return inode
  }

  write(inode: Inode, content: Buffer): void {
    inode.content = content
    inode.modifiedMs = this.#clock()
    inode.writes = ++this.#writes
  }

  append(inode: Inode, text: string | Buffer): void {
    this.write(inode, Buffer.concat([inode.content, Buffer.from(text)]))
  }

  rename(from: string, to: string): void {
    const inode = this.#names.get(from)
    if (inode === undefined) return
    this.delete(to)
    this.#names.delete(from)
    this.#names.set(to, inode)
  }

  delete(path: string): void {
    const inode = this.#names.get(path)
    if (inode !== undefined) inode.names -= 1
    this.#names.delete(path)
  }

  /** A process has ended, however. */
  closeAll(): void {
    this.#open.clear()
  }

  /** As a process sees it; `turn` comes before whatever it does. */
  files(turn: () => Promise<void>): LogFiles {
    return {
      list: async folder => {
        await turn()
        const inside = this.paths.filter(path => posix.dirname(path) === folder)
        return [
          ...inside.map(path => ({ name: posix.basename(path), isFolder: false })),
          ...this.#folders.flatMap(path =>
            posix.dirname(path) === folder ? [{ name: posix.basename(path), isFolder: true }] : [],
          ),
        ]
      },
      facts: async path => {
        await turn()
        const inode = this.#names.get(path)
        return inode === undefined ? null : describe(inode)
      },
      open: async path => {
        await turn()
        const inode = this.#names.get(path)
        if (inode === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' })
        const file = openInode(inode, turn, () => this.#open.delete(file))
        this.#open.set(file, inode)
        return file
      },
    }
  }
}

function openInode(inode: Inode, turn: () => Promise<void>, close: () => void): OpenLogFile {
  return {
    facts: async () => {
      await turn()
      return describe(inode)
    },
    read: async (position, bytesMax) => {
      await turn()
      return Buffer.from(inode.content.subarray(position, position + bytesMax))
    },
    close: async () => close(),
  }
}

export function describe({ number, born, content, modifiedMs, writes, names }: Inode): FileFacts {
  return {
    kind: 'file',
    device: 'disk',
    inode: String(number),
    born,
    bytes: content.length,
    modifiedMs,
    links: names,
    version: `${number}:${content.length}:${writes}`,
  }
}
