import { showCoordinates } from '@forbruk/close/rejected/coordinates.ts'
import { type ListedRejected, listedRejected } from '@forbruk/close/rejected/list-rejected.ts'
import { toRow } from '@forbruk/infra/store/tables/table.ts'
import { printJson, printLine, printTable } from './table.ts'

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
