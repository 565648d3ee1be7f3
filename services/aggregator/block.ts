/** How a stream is cut. Fixed when its counting begins and stored with it: every figure is a function of it. */
export type StreamGeometry = {
  /** Offsets per block. */
  readonly blockSize: number
  /** A request id that occurs again within this many offsets is a duplicate. At most `blockSize`. */
  readonly windowSize: number
}

/** Blocks large enough that their rows are few, small enough to be folded again in a second. */
export const DEFAULT_GEOMETRY: StreamGeometry = { blockSize: 2 ** 17, windowSize: 2 ** 16 }

/** Raised when decode, admit or fold decide anything differently; recorded with every block. */
export const FOLD_VERSION = 1

export function blockOf(offset: number, { blockSize }: StreamGeometry): number {
  return Math.floor(offset / blockSize)
}

export function blockStart(block: number, { blockSize }: StreamGeometry): number {
  return block * blockSize
}

export function blockEnd(block: number, { blockSize }: StreamGeometry): number {
  return (block + 1) * blockSize
}
