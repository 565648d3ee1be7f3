import { safeCount, text, time } from './codec.ts'
import { declareTable } from './table.ts'

/** Shippers of sources that will ship no more, by a person's word: migration 217. */
export const instanceRetirement = declareTable('instance_retirement', {
  stream: text,
  source: text,
  instance: text,
  retiredAtMs: time,
  /** What it vouched for by then. */
  throughMs: time,
  /** Of its newest mark by then: with a higher one it is live again. */
  sequence: safeCount,
  /** Signs of a copied progress by then: with more it is in doubt again. */
  copies: safeCount,
  reason: text,
  actor: text,
})
