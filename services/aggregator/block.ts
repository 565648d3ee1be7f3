/** Offsets per block: large enough that a block's rows are few, small enough to fold again in a second. */
export const BLOCK_SIZE = 2 ** 17
/** A request id that occurs again within this many offsets is a duplicate. */
export const WINDOW_SIZE = 2 ** 16
/** Raised when decode, admit or fold decide anything differently; recorded with every block. */
export const FOLD_VERSION = 1

export function blockOf(offset: number): number {
  return Math.floor(offset / BLOCK_SIZE)
}

export function blockStart(block: number): number {
  return block * BLOCK_SIZE
}

export function blockEnd(block: number): number {
  return (block + 1) * BLOCK_SIZE
}
