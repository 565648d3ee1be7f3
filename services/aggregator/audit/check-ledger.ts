import type { AcceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import { alignedEnd } from '../count/block.ts'
import type { AuditedBlock } from './stored-block.ts'

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
export function checkLedger(blocks: readonly AuditedBlock[], gaps: readonly AcceptedGap[]): AuditFinding[] {
  const inLedger = blocks.filter(block => block.foldVersion > 0)
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

function checkSums(block: AuditedBlock): AuditFinding[] {
  const findings: AuditFinding[] = []
  const equal = (check: AuditCheck, what: string, found: number, expected: number) => {
    if (found === expected) return
    const by = found - expected
    findings.push({
      check,
      place: placeOf(block),
      message: `${what}: ${found}, the ledger has ${expected}: ${by > 0 ? `${by} too many` : `${-by} too few`}`,
    })
  }
  if (block.foldVersion === 0) {
    const message = `${block.rollupRequests} requests in the rollup without a ledger row: a writer stopped before it; run forbruk aggregate`
    return [{ check: 'rollup_equals_ledger', place: placeOf(block), message }]
  }
  equal(
    'ledger_adds_up',
    'requests + duplicates + rejected + marks',
    block.requests + block.duplicates + block.rejected + block.marks,
    block.events,
  )
  equal('rollup_equals_ledger', 'requests in the rollup', block.rollupRequests, block.requests)
  equal('rollup_equals_ledger', 'request bytes in the rollup', block.rollupRequestBytes, block.requestBytes)
  equal(
    'rollup_equals_ledger',
    'response bytes in the rollup',
    block.rollupResponseBytes,
    block.responseBytes,
  )
  equal('rejected_equals_ledger', 'rejected events stored', block.rejectedRows, block.rejected)
  const eventsOfSources = block.requests + block.rejectedOfSources
  equal('sources_equal_ledger', 'events by source', block.sourceEvents, eventsOfSources)
  equal('sources_equal_ledger', 'duplicates by source', block.sourceDuplicates, block.duplicates)
  equal('sources_equal_ledger', 'marks by source', block.sourceMarks, block.marks)
  return findings
}

export function placeOf(block: { partition: number; block: number }): string {
  return `partition ${block.partition}, block ${block.block}`
}
