import {
  isGone,
  LOOK_INTERVAL_MS,
  LOOKS_TO_BE_GONE,
  type Neighbour,
  Neighbours,
} from '@forbruk/infra/signs/neighbours.ts'
import type { SignBoard } from '@forbruk/infra/signs/sign-board.ts'
import { StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import type { Sleep } from '../run/sleep.ts'
import type { CountLogger } from '../run/stream-counter.ts'
import { choosePartitions } from './choose-partitions.ts'

/** A sign of life at every second look, and one at once when something changes. */
const LOOKS_PER_SIGN = 2
/** Looks at which one that leaves waits for others to count what it counts. */
const LOOKS_TO_LEAVE = 6
const LEAVE_MAX_MS = 4_000
/** From so many looks on the log says who is waited for. */
const LOOKS_TO_BE_SAID = LOOKS_PER_SIGN + 1

type SharingParts = {
  /** This process, by a name that no other has or will have. */
  readonly self: string
  readonly partitionCount: number
  readonly board: SignBoard
  /** What is counted here; `caughtUp` are those of them that have come as far as they were counted before. */
  readonly counted: () => { readonly held: ReadonlySet<number>; readonly caughtUp: readonly number[] }
  /** Count these from now on, and no others. */
  readonly hold: (partitions: ReadonlySet<number>) => void
  /** Milliseconds, from any moment on. */
  readonly clock: () => number
  readonly logger: CountLogger
  readonly sleep: Sleep
}

/**
 * Which partitions are counted by this process, and which by others that count the same stream into the same store.
 * Nothing that is counted rests on it: where two count a partition they write the same, and where nobody does for a
 * moment it is counted later. While the store is away all stays as it is, since nobody can write anything either.
 */
export class Sharing {
  readonly #parts: SharingParts
  readonly #neighbours: Neighbours
  #sequence = 0
  #looks = 0
  #isLeaving = false
  #chosen: ReadonlySet<number> = new Set()
  #told = ''
  /** Since when no sign of them has come; those of whom the log said so. */
  readonly #silentSinceMs = new Map<string, number>()
  readonly #saidOf = new Map<string, 'silent' | 'gone'>()

  constructor(parts: SharingParts) {
    this.#parts = parts
    this.#neighbours = new Neighbours(parts.self)
  }

  /** Until `signal`. */
  async run(signal: AbortSignal): Promise<void> {
    const { logger, sleep } = this.#parts
    while (!signal.aborted) {
      try {
        await this.look()
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error
        logger.debug({ reason: error.message }, 'other processes could not be looked at')
      }
      await sleep(LOOK_INTERVAL_MS, signal)
    }
  }

  /** Tells the others; when there is time, counts on until they count what is counted here. Never rejects. */
  async leave(hasTime: boolean): Promise<void> {
    this.#isLeaving = true
    const { logger, sleep } = this.#parts
    const over = new AbortController()
    const leaving = async () => {
      for (let looks = 0; looks < LOOKS_TO_LEAVE && !over.signal.aborted; looks++) {
        await this.look()
        if (!hasTime || this.#chosen.size === 0) return
        await sleep(LOOK_INTERVAL_MS, over.signal)
      }
    }
    const gaveUp = leaving().catch(error =>
      logger.debug({ err: error }, 'other processes could not be told that this one ends'),
    )
    await Promise.race([gaveUp, sleep(LEAVE_MAX_MS, over.signal)])
    over.abort()
  }

  /** Gives a sign when one is due, looks at those of the others, and chooses by them. */
  async look(): Promise<void> {
    const { self, partitionCount, board, counted, hold } = this.#parts
    const { held, caughtUp } = counted()
    const told = JSON.stringify([this.#isLeaving, caughtUp])
    if (told !== this.#told || this.#looks % LOOKS_PER_SIGN === 0) {
      this.#sequence += 1
      await board.tell({
        process: self,
        sequence: this.#sequence,
        isLeaving: this.#isLeaving,
        held: caughtUp,
      })
      this.#told = told
    }
    this.#looks += 1
    const neighbours = this.#neighbours.look(await board.read())
    this.#say(neighbours)
    this.#chosen = choosePartitions({ self, isLeaving: this.#isLeaving, held, neighbours, partitionCount })
    hold(this.#chosen)
  }

  #say(neighbours: readonly Neighbour[]): void {
    const nowMs = this.#parts.clock()
    for (const neighbour of neighbours) {
      const { process, looksSilent } = neighbour
      if (looksSilent === 0) {
        this.#sayBack(neighbour, nowMs)
        this.#silentSinceMs.set(process, nowMs)
      } else if (!neighbour.isLeaving) this.#saySilent(neighbour, nowMs)
    }
  }

  #saySilent(neighbour: Neighbour, nowMs: number): void {
    const { process, held, looksSilent } = neighbour
    const said = this.#saidOf.get(process)
    const isToBeSaid =
      looksSilent >= LOOKS_TO_BE_SAID && (isGone(neighbour) ? said !== 'gone' : said === undefined)
    if (!isToBeSaid) return
    const silentMs = Math.round(nowMs - (this.#silentSinceMs.get(process) ?? nowMs))
    const fields = { process, partitions: held, silentMs, looks: looksSilent, looksMax: LOOKS_TO_BE_GONE }
    const which =
      held.length === 0 ? 'which counted no partition' : `which counted the partitions ${held.join(', ')}`
    const how = `no sign of the process ${process}, ${which}, for ${(silentMs / 1_000).toFixed(1)} s`
    this.#saidOf.set(process, isGone(neighbour) ? 'gone' : 'silent')
    if (isGone(neighbour)) this.#parts.logger.warn(fields, `${how}: they are counted by the others now`)
    else {
      const left = ((LOOKS_TO_BE_GONE - looksSilent) * LOOK_INTERVAL_MS) / 1_000
      this.#parts.logger.warn(fields, `${how}: waiting for it for ${left.toFixed(1)} s more`)
    }
  }

  #sayBack({ process }: Neighbour, nowMs: number): void {
    const said = this.#saidOf.get(process)
    if (said === undefined) return
    this.#saidOf.delete(process)
    const silentMs = Math.round(nowMs - (this.#silentSinceMs.get(process) ?? nowMs))
    this.#parts.logger.info({ process, silentMs }, `the process ${process} gives signs again`)
  }
}
