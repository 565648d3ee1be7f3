import { OUTCOMES } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { ruleBoundShape } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { ANNOUNCE_POLICIES } from '@forbruk/schemas/statement/announcement.ts'
import { CHANGE_CAUSES, closeExceptionShape } from '@forbruk/schemas/statement/month-close.ts'
import { tariffVersionShape } from '@forbruk/schemas/tariff/read-tariff.ts'
import { z } from 'zod'
import {
  bool,
  countText,
  enumOf,
  json,
  listOf,
  money,
  nullable,
  safeCount,
  safeInteger,
  text,
  textOrNull,
  time,
} from './codec.ts'
import { declareTable, type RowOf, tuple } from './table.ts'

/** What a close is known by: the first columns of all its rows. */
export const closeKey = { month: text, revision: safeCount, closeId: text }

/** Rejected events of one reason, and what became of them. */
export const rejectedCounts = {
  reason: text,
  events: safeCount,
  waived: safeCount,
  mended: safeCount,
  mending: safeCount,
  open: safeCount,
}

/** One row per revision, for good, written after the rows it vouches for: migrations 032, 083, 093, 100, 186. */
export const monthClose = declareTable('month_close', {
  ...closeKey,
  contentHash: text,
  closedAtMs: time,
  stream: text,
  cut: listOf(tuple({ partition: safeCount, nextOffset: safeCount })),
  registryImportId: text,
  tariffHash: text,
  tariffValidFrom: text,
  tariff: json(tariffVersionShape),
  decisions: listOf(tuple({ clientId: text, outcome: enumOf(OUTCOMES) })),
  definitions: listOf(text),
  clients: safeCount,
  statements: safeCount,
  countedRequests: countText,
  countedBytes: countText,
  requests: countText,
  bytes: countText,
  payableNok: money,
  proposedNok: money,
  exceptions: json(z.array(closeExceptionShape).readonly()),
  rejected: listOf(tuple(rejectedCounts)),
  waivers: listOf(tuple({ reason: text, actor: text, events: safeCount })),
  sources: listOf(
    tuple({
      source: text,
      format: text,
      throughMs: nullable(time),
      missing: safeInteger,
      retiredReason: textOrNull,
    }),
  ),
  changes: listOf(
    tuple({
      cause: enumOf(CHANGE_CAUSES),
      detail: text,
      lines: safeCount,
      amountNok: money,
      payableNok: money,
    }),
  ),
  forcedReason: textOrNull,
  forcedLacks: listOf(text),
  /** What each decision covers; empty in rows from before migration 083. */
  decided: listOf(
    tuple({
      clientId: text,
      outcome: enumOf(OUTCOMES),
      requests: countText,
      requestsNok: money,
      bytes: countText,
      transferNok: money,
      agreedNok: nullable(money),
    }),
  ),
  announce: enumOf(ANNOUNCE_POLICIES),
  /** What standing rules waived; none in rows from before migration 100. */
  ruled: listOf(
    tuple({
      rule: text,
      reason: text,
      actor: text,
      events: safeCount,
      late: safeCount,
      eventsMax: safeCount,
      bound: json(ruleBoundShape),
    }),
  ),
  /** What gateways said that they served, beside what had arrived; none in rows from before migration 186. */
  reconciled: listOf(
    tuple({
      source: text,
      fromTimeMs: time,
      toTimeMs: time,
      counter: text,
      served: safeCount,
      resets: safeCount,
      arrived: safeCount,
      rejected: safeCount,
      tolerance: safeCount,
    }),
  ),
})

/** The first row of each revision, and which is the newest: migration 187. */
export const monthCloses = declareTable('month_closes', { ...monthClose.columns, isLatest: bool })

export type MonthCloseRow = RowOf<typeof monthClose>
