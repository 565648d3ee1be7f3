import { safeCount, text, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** Migration 170. */
export const apiAnswer = declareTable('api_answer', {
  /** Of the key and of who gave it. */
  key: text,
  /** Of the method, the path and the body. */
  asked: text,
  status: safeCount,
  answer: text,
  answeredAtMs: time,
})
export type ApiAnswer = RowOf<typeof apiAnswer>
