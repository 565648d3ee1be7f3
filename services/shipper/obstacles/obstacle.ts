import { OBSTACLE_REASONS } from '@forbruk/schemas/event/obstacle-reason.ts'
import { z } from 'zod'
import { placeShape } from '../progress/place.ts'

export const obstacleShape = z
  .object({
    reason: z.enum(OBSTACLE_REASONS),
    /** Where it lies, or lay when it was read last. */
    path: z.string().min(1),
    /** The log it was rotated from, or the path itself. */
    log: z.string().min(1),
    /** What it is called on the wire; null for a file of which nothing was shipped. */
    file: z.string().nullable(),
    /** What was found, and what to do. */
    detail: z.string(),
    /** Of the file that was looked at; null where there was none. */
    version: z.string().nullable(),
    /** Where the file lay, and the digest of its first line as far as that could be read: of one that wasn't begun. */
    place: placeShape.optional(),
    firstLine: z.string().optional(),
    sinceMs: z.int().min(0),
  })
  .readonly()

/** Why a source can't be called complete: something of it was not read, and a person has to see to it. */
export type Obstacle = z.infer<typeof obstacleShape>

export const settledShape = obstacleShape.unwrap().extend({
  settled: z.object({ reason: z.string(), actor: z.string(), atMs: z.int().min(0) }).readonly(),
})

/** What a person has accepted as lost. It covers what that person saw: a file that changes is another obstacle. */
export type SettledObstacle = Readonly<z.infer<typeof settledShape>>

/** One thing is one obstacle, however often it is met, and whatever a file is called by now. */
export function keyOf({
  reason,
  path,
  file,
  version,
}: Pick<Obstacle, 'reason' | 'path' | 'file' | 'version'>): string {
  return `${reason} ${file ?? ''} ${version ?? path}`
}
