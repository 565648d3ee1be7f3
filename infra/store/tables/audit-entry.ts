import { ACT_OUTCOMES, ACTED_VIA, ACTS } from '@forbruk/schemas/access/act.ts'
import { enumOf, isoTime, text, textOrNull } from './codec.ts'
import { declareTable } from './table.ts'

/** Who did what: migrations 178 and 205. */
export const auditEntry = declareTable('audit_entry', {
  entryId: text,
  outcome: enumOf(ACT_OUTCOMES),
  at: isoTime,
  act: enumOf(ACTS),
  subject: text,
  actor: text,
  via: enumOf(ACTED_VIA),
  saidActor: textOrNull,
  reason: textOrNull,
})
