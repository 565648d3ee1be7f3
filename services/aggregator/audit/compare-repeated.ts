import type { Offsets } from '@forbruk/infra/ledger/recognition/recognition.ts'
import { type RepeatedRequest, repeatedRequest } from '@forbruk/infra/store/tables/repeated-request.ts'
import { toRow } from '@forbruk/infra/store/tables/table.ts'
import { keyOf } from '../recognise/find-repeated.ts'
import type { AuditFinding } from './check-ledger.ts'

/** What nobody can compare any more: it stands as it is kept. */
type Unreadable = {
  /** By partition, below which the log has lost what it had. */
  readonly startOffsets: Offsets
  /** By `keyOf`: the places that the log holds damaged. */
  readonly damaged: ReadonlySet<string>
}

/** Pure: what is found and not kept as it is, and what is kept of ids that the log has but once. */
export function compareRepeated(
  found: readonly RepeatedRequest[],
  kept: readonly RepeatedRequest[],
  { startOffsets, damaged }: Unreadable,
): AuditFinding[] {
  const keptAt = new Map(kept.map(row => [keyOf(row), row]))
  const foundAt = new Set(found.map(keyOf))
  const lacking = found.flatMap(row => {
    const other = keptAt.get(keyOf(row))
    if (other === undefined) return [toFinding(row, 'repeated in the log, and not kept as such')]
    const isSame = describeRow(other) === describeRow(row)
    return isSame ? [] : [toFinding(row, `${describeRow(row)} from the log, ${describeRow(other)} kept`)]
  })
  const byId = Map.groupBy(kept, row => `${row.hourMs} ${row.requestId}`)
  const untrue = [...byId.values()].filter(
    rows =>
      rows.every(row => row.offset >= (startOffsets[row.partition] ?? 0) && !damaged.has(keyOf(row))) &&
      !rows.some(row => foundAt.has(keyOf(row))),
  )
  return [...lacking, ...untrue.flat().map(row => toFinding(row, 'kept as repeated; the log has it once'))]
}

function toFinding({ partition, offset, requestId }: RepeatedRequest, message: string): AuditFinding {
  const place = `partition ${partition}, offset ${offset}, request id ${requestId}`
  return { check: 'replay_equals_stored', place, message }
}

function describeRow(row: RepeatedRequest): string {
  return Object.values(toRow(repeatedRequest, row)).join(' ')
}
