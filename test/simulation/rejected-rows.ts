import type { Judged } from './oracle.ts'

const ROWS_OF_THEIR_OWN = 16

/** How many events each stored row stands for, by offset and index: what must be there of rejected events. */
export function rejectedRowsOf(judged: readonly Judged[]): ReadonlyMap<string, number> {
  const rows = new Map<string, number>()
  const ofRecords = Map.groupBy(
    judged.filter(({ verdict }) => verdict === 'rejected'),
    ({ offset }) => offset,
  )
  for (const [offset, ofRecord] of ofRecords) {
    for (const [rank, one] of ofRecord.entries()) {
      const alike = ofRecord.slice(ROWS_OF_THEIR_OWN).filter(({ reason }) => reason === one.reason)
      const isAlone = one.foldVersion < 3 || rank < ROWS_OF_THEIR_OWN
      if (isAlone || alike[0] === one) rows.set(`${offset}|${one.index}`, isAlone ? 1 : alike.length)
    }
  }
  return rows
}
