import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import { dayOf } from './block.ts'

/** Far below any retention, so that resuming never asks for what a log has deleted. */
const DAYS_REMEMBERED = 7

/** What the window needs to know of a block. */
export type WindowBlock = Pick<
  LedgerBlock,
  | 'firstOffset'
  | 'nextOffset'
  | 'requestIds'
  | 'firstAppendTimeMs'
  | 'windowSize'
  | 'foldVersion'
  | 'partitionCount'
>

/** The blocks before the open one, as far as its window may reach into them. */
export class EarlierBlocks {
  /** Oldest first. */
  #blocks: readonly WindowBlock[]

  constructor(blocks: readonly WindowBlock[]) {
    this.#blocks = blocks
  }

  /** The open block has ended, and is the newest of them. */
  add(ended: WindowBlock): void {
    const reachedFrom = ended.nextOffset - ended.windowSize
    this.#blocks = [...this.#blocks, ended].filter(block => block.nextOffset > reachedFrom)
  }

  rememberedFrom(firstOffset: number, appendTimeMs: number, windowSize: number): number {
    return rememberedFrom(this.#blocks, firstOffset, appendTimeMs, windowSize)
  }
}

/**
 * The lowest offset whose request ids a block remembers: a window before its start, and no further back than to the
 * first block that began more than seven days before it. Decided once per block, by its first record's append time
 * (null: not known yet, so no day is too long ago); the answer is where the ids begin, since line positions need no
 * window. What blocks of another window size had forgotten when they ended stays forgotten. Pure.
 */
export function rememberedFrom(
  before: readonly WindowBlock[],
  firstOffset: number,
  appendTimeMs: number | null,
  windowSize: number,
): number {
  let windowStart = firstOffset - windowSize
  let from = firstOffset
  for (let index = before.length - 1; index >= 0; index--) {
    const block = before[index]
    if (block === undefined) break
    if (block.windowSize !== windowSize)
      windowStart = Math.max(windowStart, block.nextOffset - block.windowSize)
    if (block.nextOffset <= windowStart) break
    if (isForgotten(block.firstAppendTimeMs, appendTimeMs)) break
    if (block.requestIds > 0) from = Math.max(block.firstOffset, windowStart)
  }
  return from
}

function isForgotten(beganMs: number | null, appendTimeMs: number | null): boolean {
  if (beganMs === null || appendTimeMs === null) return false
  return dayOf(appendTimeMs) - dayOf(beganMs) > DAYS_REMEMBERED
}
