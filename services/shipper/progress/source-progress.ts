import { type MarkedInstance, type MarkedObstacles, NO_OBSTACLES } from '@forbruk/schemas/event/log-event.ts'
import type { Obstacle, SettledObstacle } from '../obstacles/obstacle.ts'
import type { FileProgress } from './file-progress.ts'

/** What a source has shipped, as it is saved. */
export type SourceProgress = {
  readonly source: string
  readonly partitionCount: number
  /** What the last mark said: every event of the source up to this time has been shipped; null when none was sent. */
  readonly throughMs: number | null
  /** Files that were shipped further than the last mark in the log says. */
  readonly unmarked: readonly string[]
  /** In the order in which they were begun. */
  readonly files: readonly FileProgress[]
  readonly logs: readonly LogProgress[]
  /** While there is any, no mark says more than the ones before. */
  readonly obstacles: readonly Obstacle[]
  readonly settled: readonly SettledObstacle[]
  /** What the last mark told of them. */
  readonly told: MarkedObstacles
  /** By which the source's marks tell this progress from another; null in what is older than that. */
  readonly instance: ShippingInstance | null
  /** Of the last mark that was sent, or was going to be: no later one has it. */
  readonly sequence: number
}

/** A progress, as marks name it: it stays the same for as long as the progress is kept. */
type ShippingInstance = Pick<MarkedInstance, 'id' | 'wasUnnamed'>

/** What is known of the files beside a log that is followed. */
export type LogProgress = {
  readonly path: string
  /** Files into which it had been rotated before it was followed: they are left alone. */
  readonly before: readonly KnownStart[]
  /** What was looked at to its end: a file's version, and what it is called on the wire, or nothing. */
  readonly looked: Readonly<Record<string, string>>
}

export type KnownStart = Pick<FileProgress, 'file' | 'lineDigests' | 'place'>

export function startSource(source: string, partitionCount: number): SourceProgress {
  const none = { unmarked: [], files: [], logs: [], obstacles: [], settled: [], told: NO_OBSTACLES }
  return { source, partitionCount, throughMs: null, ...none, instance: null, sequence: 0 }
}
