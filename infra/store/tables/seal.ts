import { bool, safeCount, text } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** What stood in a table that money rests on: migration 153. */
export const seal = declareTable('seal', {
  sealedTable: text,
  key: text,
  /** The first ones of the table are in the hash. */
  columns: safeCount,
  contentHash: text,
  /** Else it was about to be. */
  isWritten: bool,
})

export type Seal = RowOf<typeof seal>
