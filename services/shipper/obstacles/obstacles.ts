import { keyOf, type Obstacle, type SettledObstacle } from './obstacle.ts'

export type FoundObstacle = Omit<Obstacle, 'sinceMs'>

/** What stands in the way of a source's being complete. */
export class Obstacles {
  readonly settled: readonly SettledObstacle[]
  readonly #standing: Map<string, Obstacle>
  readonly #clock: () => number
  readonly #onWarning: (message: string) => void
  /** Since it was last saved. */
  changed = false

  constructor(
    saved: { readonly obstacles: readonly Obstacle[]; readonly settled: readonly SettledObstacle[] },
    clock: () => number,
    onWarning: (message: string) => void,
  ) {
    this.settled = saved.settled
    this.#standing = new Map(saved.obstacles.map(obstacle => [keyOf(obstacle), obstacle]))
    this.#clock = clock
    this.#onWarning = onWarning
  }

  get standing(): readonly Obstacle[] {
    return [...this.#standing.values()]
  }

  isSettled(found: FoundObstacle): boolean {
    return this.settled.some(one => keyOf(one) === keyOf(found) && one.version === found.version)
  }

  /** Tells of it once. What was settled stays so until the file changes. */
  raise(found: FoundObstacle): void {
    const before = this.#standing.get(keyOf(found))
    if (before?.version === found.version || this.isSettled(found)) return
    this.#standing.set(keyOf(found), { ...found, sinceMs: before?.sinceMs ?? this.#clock() })
    this.changed = true
    this.#onWarning(found.detail)
  }

  clear(isGone: (obstacle: Obstacle) => boolean): void {
    for (const [key, obstacle] of this.#standing) {
      if (!isGone(obstacle)) continue
      this.#standing.delete(key)
      this.changed = true
    }
  }
}
