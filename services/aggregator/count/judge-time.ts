import type { TimeLimits } from '@forbruk/schemas/event/log-event.ts'

/** How far an event's time may be from the time at which the log got it. */
export type TimeVerdict = 'ok' | 'time_too_old' | 'time_ahead'

/** Null: no limit, as every event was counted before there were any. */
export type HeldLimits = { readonly [Limit in keyof TimeLimits]: number | null }

export type JudgeTime = (eventMs: number, appendMs: number, limits: HeldLimits) => TimeVerdict

/**
 * An event's time is a claim by a clock that nobody vouches for; its append time is the log's own. Pure, so that every
 * replay, under whatever clock, judges the same.
 */
export const judgeTime: JudgeTime = (eventMs, appendMs, { pastMaxMs, aheadMaxMs }) => {
  if (pastMaxMs !== null && appendMs - eventMs > pastMaxMs) return 'time_too_old'
  if (aheadMaxMs !== null && eventMs - appendMs > aheadMaxMs) return 'time_ahead'
  return 'ok'
}

/**
 * Through which time a source can have shipped when it says `throughMs`: its clock may be ahead, and it can't have seen
 * what comes after the log took its word. Pure.
 * @param aheadMaxMs by how much more it is believed all the same; null: by any
 */
export function believedThrough(throughMs: number, appendMs: number, aheadMaxMs: number | null): number {
  return aheadMaxMs !== null && throughMs - appendMs > aheadMaxMs ? appendMs : throughMs
}
