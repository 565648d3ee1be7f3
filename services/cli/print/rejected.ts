import { showCoordinates } from '@forbruk/close/rejected/coordinates.ts'
import { type ListedRejected, listedRejected } from '@forbruk/close/rejected/list-rejected.ts'
import type { RereadSummary } from '@forbruk/close/rejected/reread-rejected.ts'
import { toRow } from '@forbruk/infra/store/tables/table.ts'
import { groupDigits, printJson, printLine, printTable } from './table.ts'

/** As the view has them; an offset as text, as 64 bits are everywhere. */
export function printRejectedJson(events: readonly ListedRejected[]): void {
  printJson(events.map(each => ({ ...toRow(listedRejected, each), offset: String(each.offset) })))
}

export function printRejected(events: readonly ListedRejected[]): void {
  if (events.length === 0) {
    printLine('no rejected events')
    return
  }
  printTable(
    ['where', 'reason', 'state', 'detail', 'source', 'excerpt'].map(title => ({ title })),
    events.map(each => [
      each.events === 1 ? showCoordinates(each) : `${showCoordinates(each)} and ${each.events - 1} more`,
      each.reason,
      each.stateReason === '' ? each.state : `${each.state}: ${each.stateReason} (${each.stateActor})`,
      each.detail,
      each.position === null ? each.source : `${each.source} at byte ${each.position}`,
      each.excerpt.slice(0, 120),
    ]),
  )
}

/** Of each reason to leave lines as they were, so many are named. */
const NAMED_OF_A_REASON = 3

export function printReread(summary: Omit<RereadSummary, 'next'>, isTrial: boolean): void {
  const { lines, readable, readableLines, sent, before, left, leftLines } = summary
  printLine(`${groupDigits(lines)} rejected lines: ${groupDigits(readable)} can be read now`)
  for (const { at, source, clientId, time, status } of isTrial ? readableLines : [])
    printLine(`    ${at} of ${source}: ${clientId}, ${status}, ${time}`)
  if (!isTrial) printLine(`${groupDigits(sent)} sent, ${groupDigits(before)} sent before or copies`)
  if (sent > 0) printLine('they count once forbruk aggregate has come to them')
  if (left > 0) printLine(`${groupDigits(left)} stay rejected:`)
  for (const [why, ofReason] of Map.groupBy(leftLines, line => line.why)) {
    printLine(
      `  ${why}: ${groupDigits(ofReason.length)}${left > leftLines.length ? ' of the first 1 000' : ''}, such as`,
    )
    for (const { at, source, detail } of ofReason.slice(0, NAMED_OF_A_REASON))
      printLine(`    ${at} of ${source}: ${detail}`)
  }
}
