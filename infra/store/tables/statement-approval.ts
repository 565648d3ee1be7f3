import { safeCount, text, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** Who let a revision be announced that waited for it: migration 095. */
export const statementApproval = declareTable('statement_approval', {
  month: text,
  revision: safeCount,
  actor: text,
  approvedAtMs: time,
})

export type StatementApproval = RowOf<typeof statementApproval>
