import { count64, listOf, safeCount, text } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** How far repeated request ids are settled; of a stream the newest row holds: migration 092. */
export const recognitionProgress = declareTable('recognition_progress', {
  stream: text,
  sequence: safeCount,
  /** By partition: of all pairs below that are one id, `repeated_request` has both. Empty: nothing is settled. */
  nextOffsets: listOf(safeCount),
  /** Known rows of `repeated_request` then: where there are fewer, some were lost. */
  repeated: count64,
})

export type RecognitionProgress = RowOf<typeof recognitionProgress>
