import type { SourceFile } from './admit.ts'
import type { ChangedRows, OpenBlock } from './open-block.ts'

/** What a flush takes of a block: all of it that changed since the flush before. */
export type BlockFlush = ChangedRows & {
  readonly stream: string
  readonly partition: number
  readonly block: OpenBlock
  /** Every offset of the block below is folded in. */
  readonly nextOffset: number
  readonly sources: readonly SourceFile[]
}

/**
 * Makes of it whatever is written. Called in the moment in which the block is given, and must be done with it when it
 * answers: what it was given is counted on, reused or dropped.
 */
export type EncodeBlock<Rows> = (flush: BlockFlush) => Rows

/** The blocks of a partition that wait for a flush, in order, and whether the open one is to be among them. */
export class FlushQueue<Rows> {
  readonly #encode: EncodeBlock<Rows>
  #waiting: Rows[] = []
  #size = 0
  /** What is folded below has been given. */
  #givenOffset: number
  /** How far the fold was when a flush asked last. */
  #askedOffset = 0
  /** Where the partition ended when its newest batch was fetched. */
  logEndOffset = 0

  /** @param fromOffset where the fold begins */
  constructor(encode: EncodeBlock<Rows>, fromOffset: number) {
    this.#encode = encode
    this.#givenOffset = fromOffset
  }

  /** How much waits: what bounds memory. */
  get size(): number {
    return this.#size
  }

  give(flush: BlockFlush): void {
    this.#waiting.push(this.#encode(flush))
    this.#size += flush.size
    this.#givenOffset = flush.nextOffset
  }

  /**
   * Whether the open block, folded up to `nextOffset`, has something to give, and is to give it. While more than a
   * block is still to be read, and reading goes on, it waits until it is complete, so that catching up writes each row
   * once; unless it must be given at once.
   */
  isOpenBlockDue(nextOffset: number, blockSize: number, atOnce: boolean): boolean {
    if (nextOffset === this.#givenOffset) return false
    const isFarBehind = this.logEndOffset - nextOffset > blockSize
    const isReadingOn = nextOffset > this.#askedOffset
    return atOnce || !isFarBehind || !isReadingOn
  }

  /** All that wait. */
  take(nextOffset: number): readonly Rows[] {
    const taken = this.#waiting
    this.#waiting = []
    this.#size = 0
    this.#askedOffset = nextOffset
    return taken
  }
}
