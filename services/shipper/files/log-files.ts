import type { BigIntStats } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'

/** What a file system says of a file, whatever it is called. */
export type FileFacts = {
  readonly kind: 'file' | 'directory' | 'other'
  readonly device: string
  readonly inode: string
  /** When it was made, in nanoseconds: a number that was given to another file is told by it. Not every disk knows. */
  readonly born?: string | undefined
  readonly bytes: number
  readonly modifiedMs: number
  /** How many names it has: none when it was deleted while it is open. */
  readonly links: number
  /** Of this file and this content: differs once it was written to. */
  readonly version: string
}

export type OpenLogFile = {
  facts(): Promise<FileFacts>
  /** What stands at a position now, at most so many bytes of it; empty at the end. */
  read(position: number, bytesMax: number): Promise<Buffer>
  close(): Promise<void>
}

type FolderEntry = { readonly name: string; readonly isFolder: boolean }

/** All that a shipper asks of a file system. Its errors carry the operating system's `code`. */
export type LogFiles = {
  /** What is in a folder. */
  list(folder: string): Promise<readonly FolderEntry[]>
  /** Null when there is no such file. */
  facts(path: string): Promise<FileFacts | null>
  open(path: string): Promise<OpenLogFile>
}

export const diskFiles: LogFiles = {
  async list(folder) {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.map(entry => ({ name: entry.name, isFolder: entry.isDirectory() }))
  },
  async facts(path) {
    try {
      return describe(await stat(path, { bigint: true }))
    } catch (error) {
      if (isAbsent(error)) return null
      throw error
    }
  },
  async open(path) {
    const handle = await open(path, 'r')
    return {
      facts: async () => describe(await handle.stat({ bigint: true })),
      async read(position, bytesMax) {
        const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(bytesMax), 0, bytesMax, position)
        return buffer.subarray(0, bytesRead)
      },
      close: () => handle.close(),
    }
  },
}

/** There is nothing of that name: what else keeps from looking at it must not pass for that. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

/** Where a disk doesn't know, a time that changes, or none, stands in its place. */
function bornAt({ birthtimeNs, mtimeNs, ctimeNs }: BigIntStats): string | undefined {
  return birthtimeNs <= 0n || birthtimeNs === mtimeNs || birthtimeNs === ctimeNs
    ? undefined
    : String(birthtimeNs)
}

function describe(stats: BigIntStats): FileFacts {
  return {
    kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other',
    device: String(stats.dev),
    inode: String(stats.ino),
    born: bornAt(stats),
    bytes: Number(stats.size),
    modifiedMs: Number(stats.mtimeNs) / 1e6,
    links: Number(stats.nlink),
    version: [stats.dev, stats.ino, stats.size, stats.mtimeNs].join(':'),
  }
}
