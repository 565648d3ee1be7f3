import type { BlockSum } from '@forbruk/infra/ledger/blocks/blocks.ts'
import { compareSums, type Difference } from '@forbruk/infra/ledger/blocks/compare-sums.ts'
import { findLacking, type IdentitySum } from '@forbruk/infra/ledger/recognition/identity-sums.ts'
import type { AcceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import { alignedEnd } from '../count/block.ts'

type AuditCheck =
  | 'ledger_contiguous'
  | 'ledger_adds_up'
  | 'rollup_equals_ledger'
  | 'rejected_equals_ledger'
  | 'sources_equal_ledger'
  | 'identities_equal_ledger'
  | 'sources_complete'
  | 'settled_equals_rollup'
  | 'replay_equals_stored'

/** One thing that is not as it must be: where, and by how much. */
export type AuditFinding = { readonly check: AuditCheck; readonly place: string; readonly message: string }

/**
 * Holds the blocks of every partition, in order, against the invariants of the ledger: each by itself, to the one
 * before it, and to what the rows that it vouches for add up to. Pure.
 */
export function checkLedger(
  blocks: readonly LedgerBlock[],
  sums: readonly BlockSum[],
  identities: readonly IdentitySum[],
  gaps: readonly AcceptedGap[],
): AuditFinding[] {
  const sumBy = new Map(sums.map(sum => [placeOf(sum), sum]))
  const known = new Set(blocks.map(placeOf))
  return [
    ...blocks.flatMap((block, index) => {
      const before = blocks[index - 1]
      return checkPlace(block, before?.partition === block.partition ? before : null, gaps)
    }),
    ...blocks.flatMap(block => checkSums(block, sumBy.get(placeOf(block)) ?? null)),
    ...findLacking(blocks, identities).map(toLacking),
    ...sums.filter(sum => sum.requests > 0 && !known.has(placeOf(sum))).map(toUnvouched),
  ]
}

/**
 * A block is complete when another begins where it ends: so a ledger without gap and overlap is all that must be. An
 * accepted gap is a part of the ledger.
 */
function checkPlace(
  block: LedgerBlock,
  before: LedgerBlock | null,
  gaps: readonly AcceptedGap[],
): AuditFinding[] {
  const findings: AuditFinding[] = []
  const fail = (message: string) =>
    findings.push({ check: 'ledger_contiguous', place: placeOf(block), message })
  const { firstOffset, nextOffset } = block
  if (block.block !== firstOffset) fail(`begins at offset ${firstOffset}; expected its name, ${block.block}`)
  const isAccepted = gaps.some(
    gap =>
      gap.partition === block.partition &&
      gap.toOffset === firstOffset &&
      gap.fromOffset <= (before?.nextOffset ?? 0),
  )
  if (before !== null && before.nextOffset < firstOffset && !isAccepted) {
    fail(`offsets ${before.nextOffset} to ${firstOffset - 1} before it have no ledger row`)
  }
  if (before !== null && before.nextOffset > firstOffset) {
    fail(`the block before it ends at offset ${before.nextOffset}: the two overlap`)
  }
  const end = alignedEnd(firstOffset, block)
  if (nextOffset > end) fail(`ends at offset ${nextOffset}; expected ${end} at the latest`)
  return findings
}

function checkSums(block: LedgerBlock, sum: BlockSum | null): AuditFinding[] {
  const place = placeOf(block)
  const { requests, duplicates, rejected, marks, events } = block
  const total = requests + duplicates + rejected + marks
  const findings = compareSums(block, sum).map(
    ({ rows, ...difference }): AuditFinding => ({
      check: CHECK_OF[rows],
      place,
      message: describeDifference(difference),
    }),
  )
  if (total === events) return findings
  const what = 'requests + duplicates + rejected + marks'
  const message = describeDifference({ what, found: total, expected: events })
  return [{ check: 'ledger_adds_up', place, message }, ...findings]
}

const CHECK_OF = {
  usage: 'rollup_equals_ledger',
  rejected: 'rejected_equals_ledger',
  sources: 'sources_equal_ledger',
} as const satisfies Record<Difference['rows'], AuditCheck>

function describeDifference({ what, found, expected }: Omit<Difference, 'rows'>): string {
  const by = found - expected
  return `${what}: ${found}, the ledger has ${expected}: ${by > 0 ? `${by} too many` : `${-by} too few`}`
}

function toLacking({ block, sum }: ReturnType<typeof findLacking>[number]): AuditFinding {
  const message =
    block.identities === sum.identities
      ? `sum of the request ids' hashes: ${sum.identitySum}, the ledger has ${block.identitySum}`
      : describeDifference({
          what: 'request ids stored',
          found: sum.identities,
          expected: block.identities ?? 0,
        })
  return { check: 'identities_equal_ledger', place: placeOf(block), message }
}

function toUnvouched(sum: BlockSum): AuditFinding {
  const message =
    `${sum.requests} requests in the rollup without a ledger row: ` +
    'a writer stopped before it; run forbruk aggregate'
  return { check: 'rollup_equals_ledger', place: placeOf(sum), message }
}

export function placeOf(block: { partition: number; block: number }): string {
  return `partition ${block.partition}, block ${block.block}`
}
