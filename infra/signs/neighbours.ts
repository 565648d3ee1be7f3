/** What a process says of itself. */
export type Sign = {
  readonly process: string
  /** Grows from sign to sign. */
  readonly sequence: number
  /** It gives up what it counts once others count it. */
  readonly isLeaving: boolean
  /** What it counts, and has caught up with what was counted of it. */
  readonly held: readonly number[]
}

/** Another process that counts the same stream into the same store, as it looks from here. */
export type Neighbour = Sign & {
  /** Looks in a row at which its sign was the one that was known. */
  readonly looksSilent: number
}

/** Between two looks at the others' signs. */
export const LOOK_INTERVAL_MS = 500
/** Looks in a row without a new sign, after which a process counts as gone: about three signs that did not come. */
export const LOOKS_TO_BE_GONE = 6

export function isGone({ looksSilent }: Neighbour): boolean {
  return looksSilent >= LOOKS_TO_BE_GONE
}

/**
 * Whether others live is told by looking whether their signs change, in looks of one's own: no clock is compared with
 * another, and a process that stood still itself has not looked, so it takes nobody for gone when it wakes up.
 */
export class Neighbours {
  readonly #self: string
  #known: ReadonlyMap<string, Neighbour> = new Map()

  constructor(self: string) {
    this.#self = self
  }

  look(signs: readonly Sign[]): Neighbour[] {
    const others = signs.filter(({ process }) => process !== this.#self)
    const seen = others.map(sign => ({ ...sign, looksSilent: this.#silence(sign) }))
    this.#known = new Map(seen.map(neighbour => [neighbour.process, neighbour]))
    return seen
  }

  #silence({ process, sequence }: Sign): number {
    const known = this.#known.get(process)
    return known?.sequence === sequence ? known.looksSilent + 1 : 0
  }
}
