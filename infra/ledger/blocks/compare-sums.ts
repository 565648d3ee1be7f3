import type { LedgerBlock } from '../../store/tables/block-ledger.ts'
import type { BlockSum } from './blocks.ts'

/** One thing that the rows of a block say otherwise than its ledger row. */
export type Difference = {
  readonly rows: 'usage' | 'rejected' | 'sources'
  readonly what: string
  readonly found: number
  readonly expected: number
}

/** What a block's ledger row vouches for, against what its rows add up to; null where it has none. Pure. */
export function compareSums(block: LedgerBlock, sum: Sums | null): Difference[] {
  const found = sum ?? NOTHING
  const differences: Difference[] = [
    { rows: 'usage', what: 'requests in the rollup', found: found.requests, expected: block.requests },
    {
      rows: 'usage',
      what: 'request bytes in the rollup',
      found: found.requestBytes,
      expected: block.requestBytes,
    },
    {
      rows: 'usage',
      what: 'response bytes in the rollup',
      found: found.responseBytes,
      expected: block.responseBytes,
    },
    { rows: 'rejected', what: 'rejected events stored', found: found.rejected, expected: block.rejected },
    {
      rows: 'sources',
      what: 'events by source',
      found: found.sourceEvents,
      expected: block.requests + found.rejectedOfSources,
    },
    {
      rows: 'sources',
      what: 'duplicates by source',
      found: found.sourceDuplicates,
      expected: block.duplicates,
    },
    { rows: 'sources', what: 'marks by source', found: found.sourceMarks, expected: block.marks },
  ]
  return differences.filter(each => each.found !== each.expected)
}

type Sums = Omit<BlockSum, 'partition' | 'block'>

const NOTHING: Sums = {
  requests: 0,
  requestBytes: 0,
  responseBytes: 0,
  rejected: 0,
  rejectedOfSources: 0,
  sourceEvents: 0,
  sourceDuplicates: 0,
  sourceMarks: 0,
}
