import { placeOfBlock, withdrawFolds } from '@forbruk/infra/ledger/rejected/fold-turns.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { rejectedWaiver } from '@forbruk/infra/store/tables/rejected-waiver.ts'
import { explainFolded, isKeptSum } from './coordinates.ts'
import { findRejected, type RejectedEvent, type Selection } from './find-rejected.ts'

/** How often those are looked for again that were added up between the look and the word. */
const LOOKS_MAX = 5

type WaiveOptions = {
  readonly store: Store
  readonly stream: string
  readonly selection: Selection
  readonly reason: string
  readonly actor: string
  /** Says how many would be waived, and waives none. */
  readonly isTrial?: boolean
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

type Waived = {
  readonly waived: number
  /** Waived before, or mended: as they were. */
  readonly before: number
  /** Added up meanwhile, again and again, so that the word about them holds for nothing: to be waived anew. */
  readonly left: number
}

/**
 * Lets rejected events go, each by itself: what is rejected later, for the same reason or not, is not waived with them.
 * Throws RejectedEventError for a place where none is.
 */
export async function waiveRejected({
  store,
  stream,
  selection,
  reason,
  actor,
  isTrial = false,
  clock,
}: WaiveOptions): Promise<Waived> {
  const events = await findRejected(store, stream, selection)
  let open = events.filter(event => event.state === 'open')
  const found = countEvents(open)
  const before = countEvents(events) - found
  if (isTrial) return { waived: found, before, left: 0 }
  const waiver = { stream, reason, actor, waivedAtMs: clock() }
  for (let look = 0; look < LOOKS_MAX && open.length > 0; look++) {
    await insertValues(
      store,
      rejectedWaiver,
      open.map(({ partition, offset, eventIndex }) => ({ ...waiver, partition, offset, eventIndex })),
    )
    // What was added up meanwhile, or is no longer, stands at another place by now.
    const kept = await withdrawFolds(store, stream, open, clock())
    const moved = open.filter(event => isKeptSum(event) !== kept.has(placeOfBlock(event)))
    if (moved.length > 0 && !('reason' in selection)) throw explainFolded(moved)
    const blocks = new Set(moved.map(placeOfBlock))
    const again = moved.length === 0 ? [] : await findRejected(store, stream, selection)
    open = again.filter(event => event.state === 'open' && blocks.has(placeOfBlock(event)))
  }
  const left = countEvents(open)
  return { waived: found - left, before, left }
}

function countEvents(rows: readonly RejectedEvent[]): number {
  return rows.reduce((total, { events }) => total + events, 0)
}
