import {
  addUpMonth,
  type BlockRange,
  readMonthsOfBlocks,
  readSettlement,
  readWritten,
  readWrittenDays,
  type SettledSums,
} from '@forbruk/infra/ledger/settle/settlements.ts'
import { isEqual } from '@forbruk/infra/ledger/usage/usage-sums.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { AuditFinding } from './check-ledger.ts'

/** A DateTime reaches no further. */
const LAST_HOUR_MS = 4_294_800_000_000

/**
 * Adds up from the rollup, month by month, what is below the cut of what is settled, and holds it against what was
 * vouched for and what stands there.
 */
export async function checkSettled(store: Store, stream: string): Promise<AuditFinding[]> {
  const settlement = await readSettlement(store, stream)
  if (settlement === null) return []
  const { cut, months } = settlement
  const range: BlockRange = { from: [], to: cut, firstHourMs: 0, lastHourMs: LAST_HOUR_MS }
  const ids = months.map(month => month.settlement)
  const written = await readWritten(store, ids)
  const writtenDays = await readWrittenDays(store, ids)
  const firstDays = new Set([
    ...months.map(month => month.firstDay),
    ...(cut.length === 0 ? [] : await readMonthsOfBlocks(store, stream, range)),
  ])
  const findings: AuditFinding[] = []
  for (const firstDay of firstDays) {
    const { uses, days } = await addUpMonth(store, stream, firstDay, range)
    const month = months.find(each => each.firstDay === firstDay)
    const rows = written.get(month?.settlement ?? '')
    const ofDays = writtenDays.get(month?.settlement ?? '')
    if (isSame(month, uses) && isSame(rows, uses) && isSame(ofDays, days)) continue
    findings.push({
      check: 'settled_equals_rollup',
      place: `settled usage of ${firstDay.slice(0, 7)}`,
      message:
        `${describe(month)} vouched for, ${describe(rows)} by client, ${describe(ofDays)} by day; ` +
        `expected ${describe(uses)}, as the rollup has below the cut, the same of each client and each day`,
    })
  }
  return findings
}

/** The same rows, none of them twice. */
function isSame(found: SettledSums | undefined, expected: SettledSums): boolean {
  if (found === undefined) return false
  const areRows = found.rows === expected.rows && found.contentHash === expected.contentHash
  return areRows && isEqual(found, expected)
}

function describe(sums: SettledSums | undefined): string {
  if (sums === undefined) return 'nothing'
  return `${sums.rows} rows with ${sums.requests} requests and ${sums.requestBytes} + ${sums.responseBytes} bytes`
}
