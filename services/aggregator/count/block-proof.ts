import type { Place } from '@forbruk/infra/ledger/blocks/blocks.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import { describePartition } from './log-gap.ts'
import type { OpenBlock } from './open-block.ts'

/** How far a block was counted, and what it had come to there. */
export type CountedBlock = Pick<LedgerBlock, 'nextOffset' | 'events' | 'fingerprint'>

/**
 * That a block that is folded again is the one that was counted: at the offset where its ledger row stands it has the
 * row's events and fingerprint. Nothing of it may be written before: else the rows of another log would take the place
 * of the counted ones.
 */
export class BlockProof {
  readonly #place: Place
  readonly #counted: ReadonlyMap<number, CountedBlock>
  /** What the open block must have come to; null when that was shown, or nothing of it was counted. */
  #owed: CountedBlock | null = null

  /** @param counted by first offset, the blocks that are folded again */
  constructor(place: Place, counted: ReadonlyMap<number, CountedBlock>) {
    this.#place = place
    this.#counted = counted
  }

  /** Whether the open block may be written. */
  get isGiven(): boolean {
    return this.#owed === null
  }

  beginBlock(firstOffset: number): void {
    const counted = this.#counted.get(firstOffset)
    this.#owed = counted !== undefined && counted.nextOffset > firstOffset ? counted : null
  }

  /**
   * Offsets up to `nextOffset` hold no further record, so on the way the block is as it was where its ledger row
   * stands. Throws LogContradictsLedgerError.
   */
  passTo(nextOffset: number, block: OpenBlock): void {
    if (this.#owed !== null && this.#owed.nextOffset <= nextOffset) this.#settle(this.#owed, block)
  }

  /** Throws LogContradictsLedgerError when the block was counted further than it goes. */
  endBlock(block: OpenBlock): void {
    if (this.#owed !== null) throw this.#contradiction(this.#owed, block)
  }

  #settle(owed: CountedBlock, block: OpenBlock): void {
    const isSame = owed.events === block.events && owed.fingerprint === block.fingerprint.value()
    if (!isSame) throw this.#contradiction(owed, block)
    this.#owed = null
  }

  #contradiction(owed: CountedBlock, { firstOffset, events, fingerprint }: OpenBlock): Error {
    return new LogContradictsLedgerError(
      `${describePartition(this.#place)}, block ${firstOffset}: the log up to offset ${owed.nextOffset} gives ` +
        `${events} events with fingerprint ${fingerprint.value()}, but the ledger has ${owed.events} with ` +
        `${owed.fingerprint}. An offset's content never changes, so this is another log than the one that was ` +
        `counted: was the topic re-created? Count it under another topic name, or into an empty store.`,
    )
  }
}

/** The log holds something else than what was counted at the same offsets. */
export class LogContradictsLedgerError extends Error {
  override name = 'LogContradictsLedgerError'
}
