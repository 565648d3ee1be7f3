import { z } from 'zod'
import type { FileFacts } from '../files/log-files.ts'

export const placeShape = z
  .object({ device: z.string(), inode: z.string(), born: z.string().optional() })
  .readonly()

/** Where a file lies: it stays the same when the file is renamed. */
export type Place = z.infer<typeof placeShape>

export function placeOf({ device, inode, born }: Pick<FileFacts, 'device' | 'inode' | 'born'>): Place {
  return born === undefined ? { device, inode } : { device, inode, born }
}

/** Never where one of them is null: it is not known to lie anywhere. */
export function isSamePlace(one: Place | null, other: Place | null): boolean {
  if (one === null || other === null || one.device !== other.device || one.inode !== other.inode) return false
  return one.born === undefined || other.born === undefined || one.born === other.born
}

/** Beyond doubt: the number of a file that is deleted is given to another one, which is younger. */
export function isProvedPlace(one: Place | null, other: Place | null): boolean {
  return isSamePlace(one, other) && one?.born !== undefined && other?.born !== undefined
}
