import { HALT_REASONS } from './halt-reason.ts'
import { INSTANCE_REASONS } from './instance-reason.ts'

/** What stands in a shipper's way, of one file. */
export const OBSTACLE_REASONS = [
  /** A file that was begun is not found any more. */
  'gone',
  /** A file that was begun was not read to its end, and isn't being read now. */
  'unfinished',
  /** Its compressed data is cut off or damaged. */
  'damaged',
  /** The operating system refuses to read it. */
  'unreadable',
  'other_compression',
  /** It is no UTF-8: its lines can't be told. */
  'other_encoding',
  /** It begins like another file and can't be told from it. */
  'alike',
  /** Between two rotated files one is missing. */
  'neighbour_missing',
] as const
export type ObstacleReason = (typeof OBSTACLE_REASONS)[number]

/** What a mark of this release can say, or is known of shippers; one of another, or a stranger's, may say anything. */
const MARKED_REASONS: ReadonlySet<string> = new Set([
  ...OBSTACLE_REASONS,
  ...HALT_REASONS,
  ...INSTANCE_REASONS,
])

export function isMarkedReason(reason: string): boolean {
  return MARKED_REASONS.has(reason)
}
