import type { ObstacleReason } from '@forbruk/schemas/event/obstacle-reason.ts'
import { isSamePlace } from '../progress/place.ts'
import { keyOf, type Obstacle, type SettledObstacle } from './obstacle.ts'

/** Of a file, whatever it holds. */
const REASONS_OF_ABSENCE: ReadonlySet<ObstacleReason> = new Set(['gone', 'neighbour_missing', 'unfinished'])

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
    return this.settled.some(one => keyOf(one) === keyOf(found))
  }

  /** Tells of it once. What was settled stays so until the file changes. */
  raise(found: FoundObstacle): void {
    if (this.isSettled(found)) return
    const known = this.#standing.get(keyOf(found))
    if (known !== undefined) {
      this.#rename(known, found.path)
      return
    }
    const before = this.standing.find(one => isSameBefore(one, found))
    if (before !== undefined) this.#standing.delete(keyOf(before))
    this.#standing.set(keyOf(found), { ...found, sinceMs: before?.sinceMs ?? this.#clock() })
    this.changed = true
    this.#onWarning(found.detail)
  }

  #rename(known: Obstacle, path: string): void {
    if (known.path === path) return
    this.#standing.set(keyOf(known), { ...known, path })
    this.changed = true
  }

  /** A file is being read: what said that it wasn't there, or wasn't read, holds no more. */
  met(file: string): void {
    this.clear(one => one.file === file && REASONS_OF_ABSENCE.has(one.reason))
  }

  clear(isGone: (obstacle: Obstacle) => boolean): void {
    for (const [key, obstacle] of this.#standing) {
      if (!isGone(obstacle)) continue
      this.#standing.delete(key)
      this.changed = true
    }
  }
}

/** What lay there when it was in another state. */
function isSameBefore(one: FoundObstacle, other: FoundObstacle): boolean {
  if (one.reason !== other.reason || one.path !== other.path || one.file !== other.file) return false
  return one.place === undefined || other.place === undefined || isSamePlace(one.place, other.place)
}
