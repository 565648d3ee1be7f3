import {
  isGone,
  LOOK_INTERVAL_MS,
  LOOKS_TO_BE_GONE,
  type Neighbour,
  Neighbours,
} from '@forbruk/infra/signs/neighbours.ts'
import type { SignBoard } from '@forbruk/infra/signs/sign-board.ts'
import { StoreUnavailableError } from '@forbruk/infra/store/store.ts'

/** How a turn ended: it is not needed any more, or somebody else has claimed the source. */
export type TurnEnd = 'done' | 'superseded'

export type TurnParts = {
  /** Where the processes that take in this topic for this source tell each other that they live. */
  readonly board: SignBoard
  /** This process, by a name that no other has or will have. */
  readonly self: string
  readonly onWait: (leader: string) => void
  /** Resolves after `delayMs`, or as soon as `signal` aborts; never rejects. */
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>
}

/** A sign of life at every second look, and one at once when something changes. */
const LOOKS_PER_SIGN = 2
/** What a sign says of whoever takes the topic in: all of it, as if it were one partition. */
const ALL_OF_IT = [0]
const NOTHING: readonly number[] = []

/**
 * Of all that look at one board one leads at a time, and the others wait until it ends, or gives no sign any more.
 * Nothing rests on it: who leads by mistake is shut out by the next one's claim. While the store is away all stays as
 * it is.
 */
export class Turns {
  readonly #parts: TurnParts
  readonly #neighbours: Neighbours
  #sequence = 0
  #looks = 0
  #told: readonly number[] | null = null
  /** Of looks after it was shut out, in which the one that did it must show. */
  #looksForClaimant = 0
  #saidWaiting = ''

  constructor(parts: TurnParts) {
    this.#parts = parts
    this.#neighbours = new Neighbours(parts.self)
  }

  /**
   * Resolves once `lead` is done, or `signal` aborts and `lead` has ended; or where somebody has claimed the source
   * whom the board does not know. Rejects with what `lead` threw.
   */
  async take(lead: () => Promise<TurnEnd>, signal: AbortSignal): Promise<TurnEnd> {
    try {
      for (;;) {
        if (!(await this.#waitForTurn(signal))) return signal.aborted ? 'done' : 'superseded'
        const end = await this.#keepSigning(lead())
        if (end === 'done') return end
        this.#looksForClaimant = LOOKS_TO_BE_GONE
      }
    } finally {
      await this.#tell(NOTHING, true).catch(() => undefined)
    }
  }

  /** False when it ends without one. */
  async #waitForTurn(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const others = await this.#look(NOTHING)
      const leader = others?.find(({ held }) => held.length > 0)
      if (leader !== undefined) this.#wait(leader.process)
      else if (this.#looksForClaimant === 1) return false
      else if (others !== null && this.#looksForClaimant === 0 && isFirst(this.#parts.self, others)) {
        // Before it claims anything: whoever is shut out by that is to see by whom.
        await this.#tell(ALL_OF_IT, false)
        return true
      } else if (others !== null && this.#looksForClaimant > 0) this.#looksForClaimant -= 1
      await this.#parts.sleep(LOOK_INTERVAL_MS, signal)
    }
    return false
  }

  #wait(leader: string): void {
    this.#looksForClaimant = 0
    if (this.#saidWaiting !== leader) this.#parts.onWait(leader)
    this.#saidWaiting = leader
  }

  async #keepSigning(leading: Promise<TurnEnd>): Promise<TurnEnd> {
    const ended = new AbortController()
    const signing = (async () => {
      while (!ended.signal.aborted) {
        // Who can give none is taken for gone, and shut out: nothing more comes of it.
        await this.#look(ALL_OF_IT).catch(() => null)
        await this.#parts.sleep(LOOK_INTERVAL_MS, ended.signal)
      }
    })()
    try {
      return await leading
    } finally {
      ended.abort()
      await signing
    }
  }

  /** Those that live; null while the store is away. */
  async #look(held: readonly number[]): Promise<readonly Neighbour[] | null> {
    try {
      if (held !== this.#told || this.#looks % LOOKS_PER_SIGN === 0) await this.#tell(held, false)
      this.#looks += 1
      const others = this.#neighbours.look(await this.#parts.board.read())
      return others.filter(each => !isGone(each) && !each.isLeaving)
    } catch (error) {
      if (error instanceof StoreUnavailableError) return null
      throw error
    }
  }

  async #tell(held: readonly number[], isLeaving: boolean): Promise<void> {
    const { board, self } = this.#parts
    this.#sequence += 1
    await board.tell({ process: self, sequence: this.#sequence, isLeaving, held })
    this.#told = held
  }
}

/** Where nobody leads, the first by name of those who live does. Pure. */
function isFirst(self: string, others: readonly Neighbour[]): boolean {
  return others.every(({ process }) => self < process)
}
