import type { OpenLogFile } from '../files/log-files.ts'
import { digestOf, type Start } from '../progress/identify-file.ts'

/** Of what was read last, so much is looked at again to see that it is still the same file. */
const SEEN_BYTES = 1024

/** Something that stood in the file and must still stand there, or it is another. */
export type Seen = { readonly position: number; readonly bytes: number; readonly digest: string }

/** The lines that the start is known by, or its first one while that isn't whole. */
export function seenStart(head: Buffer, { headBytes, lineDigests }: Start): Seen {
  let bytes = 0
  for (const _ of lineDigests) bytes = head.indexOf('\n', bytes) + 1
  const seen = head.subarray(0, Math.max(bytes, headBytes))
  return { position: 0, bytes: seen.length, digest: digestOf(seen) }
}

/** The last of what was read through a position. */
export function seenEnd(chunk: Buffer, position: number): Seen {
  const last = chunk.subarray(-SEEN_BYTES)
  return { position: position - last.length, bytes: last.length, digest: digestOf(last) }
}

export async function holdsAll(file: OpenLogFile, looked: readonly (Seen | null)[]): Promise<boolean> {
  for (const seen of looked) {
    if (seen === null) continue
    const found = await file.read(seen.position, seen.bytes)
    if (found.length !== seen.bytes || digestOf(found) !== seen.digest) return false
  }
  return true
}
