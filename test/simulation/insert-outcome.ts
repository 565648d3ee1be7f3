import type { StoredRow } from './block-tables.ts'
import type { Random } from './random.ts'

/** How often an insert goes wrong, and whether it may be refused for good. */
export type InsertFaults = { readonly rate: number; readonly canRefuse: boolean }

/**
 * `twice` is acknowledged, and comes once more later. `applied`, `late` (applied some time) and `lost` are answered
 * with a failure after which it is tried again, `refused` with one after which it is not.
 */
type InsertOutcome = 'done' | 'twice' | 'applied' | 'late' | 'lost' | 'refused'

export function pickOutcome(random: Random, faults: InsertFaults, isStoreAway: boolean): InsertOutcome {
  if (isStoreAway) return random.pick(['lost', 'lost', 'late'])
  if (!random.chance(faults.rate)) return 'done'
  const outcome = random.pick(['twice', 'applied', 'late', 'lost', 'refused'] as const)
  return outcome === 'refused' && !faults.canRefuse ? 'lost' : outcome
}

export function describeRows(table: string, rows: readonly StoredRow[]): string {
  const describe = DESCRIBED[table] ?? (row => `${row.partition}/${row.block}@${row.last_offset}`)
  return rows.map(describe).join(' ')
}

const describePlace = (row: StoredRow) => `${row.partition}/${row.offset}`
const DESCRIBED: Readonly<Record<string, (row: StoredRow) => string>> = {
  block_ledger: row => `${row.partition}/${row.block}@${row.next_offset}`,
  rejected_event: row => `${row.partition}/${row.block}@${row.offset}`,
  request_identity: describePlace,
  repeated_request: describePlace,
  recognition_progress: row => `${row.sequence}: ${row.next_offsets} with ${row.repeated} repeated`,
}
