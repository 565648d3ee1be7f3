import type { DatedGap } from '@forbruk/infra/ledger/blocks/gaps.ts'

/** Whether events of the month may have been lost in it: of the month is what was appended until the grace's end. */
export function mayTouch(gap: DatedGap, startMs: number, graceEndMs: number): boolean {
  const isLater = gap.sinceMs !== null && gap.sinceMs >= graceEndMs
  const isEarlier = gap.untilMs !== null && gap.untilMs < startMs
  return !isLater && !isEarlier
}
