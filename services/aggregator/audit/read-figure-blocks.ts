import { setTimeout as sleep } from 'node:timers/promises'
import { readBlocks } from '@forbruk/infra/ledger/blocks/blocks.ts'
import { touchesRange } from '@forbruk/infra/ledger/blocks/range.ts'
import { type ClientBlock, readClientBlocks } from '@forbruk/infra/ledger/usage/client-blocks.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'

type FigureRange = {
  readonly store: Store
  readonly stream: string
  readonly clientId: string
  readonly range: PeriodRange
}

/** A block to be folded again, and what its rows add up to; null where it has none. */
type AskedBlock = {
  readonly block: LedgerBlock
  readonly stored: ClientBlock | null
  /** All of its partition, as the ledger had them at the same time. */
  readonly ofPartition: readonly LedgerBlock[]
}

export type FigureBlocks = {
  readonly asked: readonly AskedBlock[]
  /** That may hold use of the range, by whomever. */
  readonly blocksOfRange: number
  /** Rows of the client for which no ledger row vouches. */
  readonly unvouched: readonly ClientBlock[]
}

/** Whoever counts is between its rows and its ledger row for a moment. */
const ATTEMPTS_MAX = 4
const ATTEMPT_INTERVAL_MS = 500

/** The blocks in which a client's figure of a range stands, and those whose rows don't add up to their ledger row. */
export async function readFigureBlocks(asking: FigureRange): Promise<FigureBlocks> {
  const { store, stream, range } = asking
  for (let attempt = 1; ; attempt++) {
    const before = Map.groupBy(await readBlocks(store, stream), block => block.partition)
    const stored = Map.groupBy(await readClientBlocks(store, asking), block => block.partition)
    const after = Map.groupBy(await readBlocks(store, stream), block => block.partition)
    const chosen = [...new Set([...after.keys(), ...stored.keys()])].map(partition =>
      chooseMoment(
        [after, before].map(each => each.get(partition) ?? []),
        stored.get(partition) ?? [],
        range,
      ),
    )
    const isSettled = chosen.every(each => each.unlike === 0)
    if (isSettled || attempt === ATTEMPTS_MAX) {
      return {
        asked: chosen.flatMap(each => each.asked),
        blocksOfRange: chosen.reduce((sum, each) => sum + each.blocksOfRange, 0),
        unvouched: chosen.flatMap(each => each.unvouched),
      }
    }
    await sleep(ATTEMPT_INTERVAL_MS)
  }
}

type Chosen = FigureBlocks & { readonly unlike: number }

/** Pure: of what the ledger had of a partition at two moments, what its rows add up to; else the first. */
function chooseMoment(
  moments: readonly (readonly LedgerBlock[])[],
  stored: readonly ClientBlock[],
  range: PeriodRange,
): Chosen {
  const [first = compareRows([], stored, range), ...others] = moments.map(blocks =>
    compareRows(blocks, stored, range),
  )
  return [first, ...others].find(({ unlike }) => unlike === 0) ?? first
}

function compareRows(
  ofPartition: readonly LedgerBlock[],
  stored: readonly ClientBlock[],
  range: PeriodRange,
): Chosen {
  const storedBy = new Map(stored.map(each => [each.block, each]))
  const known = new Set(ofPartition.map(({ block }) => block))
  const looked = ofPartition
    // Of one that begins where it ends nothing was counted yet.
    .filter(({ firstOffset, nextOffset }) => nextOffset > firstOffset)
    .filter(block => touchesRange(block, range) || storedBy.has(block.block))
    .map(block => ({ block, stored: storedBy.get(block.block) ?? null, ofPartition }))
  const unlike = looked.filter(({ block, stored }) => !addsUp(block, stored))
  const unvouched = stored.filter(each => each.clientRequests > 0n && !known.has(each.block))
  return {
    asked: looked.filter(one => (one.stored?.clientRequests ?? 0n) > 0n || unlike.includes(one)),
    blocksOfRange: looked.length,
    unvouched,
    unlike: unlike.length + unvouched.length,
  }
}

function addsUp(block: LedgerBlock, stored: ClientBlock | null): boolean {
  const { requestsSum = 0n, requestBytesSum = 0n, responseBytesSum = 0n } = stored ?? {}
  return (
    requestsSum === BigInt(block.requests) &&
    requestBytesSum === BigInt(block.requestBytes) &&
    responseBytesSum === BigInt(block.responseBytes)
  )
}
