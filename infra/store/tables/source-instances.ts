import { bool, listOf, safeCount, text, textOrNull, time } from './codec.ts'
import { declareTable, tuple } from './table.ts'

/** A view: who vouches for each source: migration 218. */
export const sourceInstances = declareTable('source_instances', {
  stream: text,
  source: text,
  /** An id, or what stands for several. */
  instance: text,
  host: text,
  /** What it vouches for: the least of all partitions. */
  throughMs: time,
  /** When its newest mark came into the log. */
  heardMs: time,
  /** It grows whenever it is heard. */
  sequence: safeCount,
  /** Marks by which a copy of its progress was seen at work. */
  copies: safeCount,
  /** Nobody has settled that yet. */
  isCopied: bool,
  /** Null while it stands. */
  retiredReason: textOrNull,
  obstacles: listOf(tuple({ reason: text, path: text, sinceMs: time })),
  obstaclesTotal: safeCount,
})
