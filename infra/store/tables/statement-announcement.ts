import { safeCount, text, time } from './codec.ts'
import { declareTable } from './table.ts'

/** Which revisions were announced as a whole: migration 055. */
export const statementAnnouncement = declareTable('statement_announcement', {
  month: text,
  revision: safeCount,
  topic: text,
  events: safeCount,
  announcedAtMs: time,
})
