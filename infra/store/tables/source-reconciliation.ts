import { safeCount, text, time } from './codec.ts'
import { declareTable, type RowOf } from './table.ts'

/** What gateways said that they served, beside what had arrived of it: migration 163. */
export const sourceReconciliation = declareTable('source_reconciliation', {
  stream: text,
  source: text,
  reconciledAtMs: time,
  fromTimeMs: time,
  /** The first moment that is not compared any more. */
  toTimeMs: time,
  /** Whose figure it is: a program of which counters were read, or `told` by a person. */
  counter: text,
  served: safeCount,
  /** How often a counter began anew: then at least so many were served. */
  resets: safeCount,
  /** Requests of the source whose time lies in it, each once. */
  arrived: safeCount,
  /** Of the source, appended in it: they came, and can't be counted. */
  rejected: safeCount,
  /** Of requests, as the operator chose it. */
  tolerance: safeCount,
  actor: text,
})

export type Reconciliation = RowOf<typeof sourceReconciliation>
