import type { FoldableBlock } from '@forbruk/infra/ledger/rejected/rejected-folds.ts'
import { type BillingPeriod, periodAt, periodBefore } from '@forbruk/schemas/period/billing-period.ts'

/** How long, and how many, rejected events are kept one by one. */
export type Keeping = {
  /** Whole months before this one. */
  readonly monthsMax: number
  /** Above so many rows those of the oldest settled blocks go sooner. */
  readonly rowsMax: number
}

/** Why events are added up: nobody says so of each time, but whoever set it. */
export function describeKeeping({ monthsMax, rowsMax }: Keeping): string {
  return `rejected events are kept one by one for ${monthsMax} months, and up to ${rowsMax} of them`
}

type FoldFacts = {
  /** Blocks with events that are neither waived nor mended and counted, by `partition/block`. */
  readonly unsettled: ReadonlyMap<string, { readonly mending: number; readonly open: number }>
  readonly closedMonths: ReadonlySet<string>
  /** Of the stream's earliest usage; null where there is none. */
  readonly firstMs: number | null
}

type Now = Keeping & { readonly timeZone: string; readonly nowMs: number }

/**
 * Pure: which blocks are folded, the oldest first. Only what is settled: each event is waived or mended and counted, or
 * every month that it may be of is closed, as those are that standing rules let go. What holds a close up is kept,
 * however much of it there is.
 */
export function chooseFolds(
  foldable: readonly FoldableBlock[],
  facts: FoldFacts,
  now: Now,
): readonly FoldableBlock[] {
  const keptFrom = findKeptFrom(now)
  const settled = foldable.filter(block => isSettled(block, facts, now.timeZone))
  let rows = foldable.reduce((sum, block) => sum + block.rows, 0)
  return settled.filter(block => {
    const isFolded = rows > now.rowsMax || periodAt(block.appendedMs, now.timeZone).month < keptFrom
    if (isFolded) rows -= block.rows
    return isFolded
  })
}

function findKeptFrom({ monthsMax, timeZone, nowMs }: Now): string {
  let month = periodAt(nowMs, timeZone)
  for (let before = 0; before < monthsMax; before++) month = periodBefore(month)
  return month.month
}

function isSettled(block: FoldableBlock, { unsettled, closedMonths, firstMs }: FoldFacts, timeZone: string) {
  const { mending, open } = unsettled.get(`${block.partition}/${block.block}`) ?? { mending: 0, open: 0 }
  if (mending > 0) return false
  if (open === 0) return true
  // An event without a time may be of any month since the stream's first.
  const first = Math.min(block.firstMs, firstMs ?? block.firstMs)
  return listMonths(periodAt(first, timeZone), periodAt(block.lastMs, timeZone)).every(({ month }) =>
    closedMonths.has(month),
  )
}

function listMonths(first: BillingPeriod, last: BillingPeriod): readonly BillingPeriod[] {
  const months = [last]
  for (let month = last; month.month > first.month; months.push(month)) month = periodBefore(month)
  return months
}
