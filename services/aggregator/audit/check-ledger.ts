import { alignedEnd } from '../count/block.ts'
import type { AuditedBlock, AuditedGap } from './stored-block.ts'

export type AuditCheck =
  | 'ledger_contiguous'
  | 'ledger_adds_up'
  | 'rollup_equals_ledger'
  | 'rejected_equals_ledger'
  | 'sources_equal_ledger'
  | 'sources_complete'
  | 'replay_equals_stored'

/** One thing that is not as it must be: where, and by how much. */
export type AuditFinding = { readonly check: AuditCheck; readonly place: string; readonly message: string }

/** Holds the blocks of every partition against the invariants of the ledger. Pure. */
export function checkLedger(blocks: readonly AuditedBlock[], gaps: readonly AuditedGap[]): AuditFinding[] {
  const inLedger = blocks.filter(block => block.fold_version > 0)
  return [
    ...inLedger.flatMap((block, index) => {
      const before = inLedger[index - 1]
      return checkPlace(block, before?.partition === block.partition ? before : null, gaps)
    }),
    ...blocks.flatMap(checkSums),
  ]
}

/**
 * A block is complete when another begins where it ends: so a ledger without gap and overlap is all that must be. An
 * accepted gap is a part of the ledger.
 */
function checkPlace(
  block: AuditedBlock,
  before: AuditedBlock | null,
  gaps: readonly AuditedGap[],
): AuditFinding[] {
  const findings: AuditFinding[] = []
  const fail = (message: string) =>
    findings.push({ check: 'ledger_contiguous', place: placeOf(block), message })
  const { first_offset, next_offset } = block
  if (block.block !== first_offset)
    fail(`begins at offset ${first_offset}; expected its name, ${block.block}`)
  const isAccepted = gaps.some(
    gap =>
      gap.partition === block.partition &&
      gap.to_offset === first_offset &&
      gap.from_offset <= (before?.next_offset ?? 0),
  )
  if (before !== null && before.next_offset < first_offset && !isAccepted) {
    fail(`offsets ${before.next_offset} to ${first_offset - 1} before it have no ledger row`)
  }
  if (before !== null && before.next_offset > first_offset) {
    fail(`the block before it ends at offset ${before.next_offset}: the two overlap`)
  }
  const end = alignedEnd(first_offset, { blockSize: block.block_size })
  if (next_offset > end) fail(`ends at offset ${next_offset}; expected ${end} at the latest`)
  return findings
}

function checkSums(block: AuditedBlock): AuditFinding[] {
  const findings: AuditFinding[] = []
  const equal = (check: AuditCheck, what: string, found: bigint, expected: bigint) => {
    if (found === expected) return
    const by = found - expected
    findings.push({
      check,
      place: placeOf(block),
      message: `${what}: ${found}, the ledger has ${expected}: ${by > 0n ? `${by} too many` : `${-by} too few`}`,
    })
  }
  if (block.fold_version === 0) {
    const message = `${block.rollup_requests} requests in the rollup without a ledger row: a writer stopped before it; run forbruk aggregate`
    return [{ check: 'rollup_equals_ledger', place: placeOf(block), message }]
  }
  equal(
    'ledger_adds_up',
    'requests + duplicates + rejected + marks',
    block.requests + block.duplicates + block.rejected + block.marks,
    block.events,
  )
  equal('rollup_equals_ledger', 'requests in the rollup', block.rollup_requests, block.requests)
  equal(
    'rollup_equals_ledger',
    'request bytes in the rollup',
    block.rollup_request_bytes,
    block.request_bytes,
  )
  equal(
    'rollup_equals_ledger',
    'response bytes in the rollup',
    block.rollup_response_bytes,
    block.response_bytes,
  )
  equal('rejected_equals_ledger', 'rejected events stored', block.rejected_rows, block.rejected)
  const eventsOfSources = block.requests + block.rejected_of_sources
  equal('sources_equal_ledger', 'events by source', block.source_events, eventsOfSources)
  equal('sources_equal_ledger', 'duplicates by source', block.source_duplicates, block.duplicates)
  equal('sources_equal_ledger', 'marks by source', block.source_marks, block.marks)
  return findings
}

export function placeOf(block: { partition: number; block: number }): string {
  return `partition ${block.partition}, block ${block.block}`
}
