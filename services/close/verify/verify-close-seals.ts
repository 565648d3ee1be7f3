import { compareOfClients, type Differing } from '@forbruk/infra/store/seal/seal-of-clients.ts'
import { SEALED_BY_CLOSE } from '@forbruk/infra/store/seal/sealed-tables.ts'
import { readBegin, type SealFinding, type Verification } from '@forbruk/infra/store/seal/verify-seals.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { safeCount, text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'

type ClosedTable = (typeof SEALED_BY_CLOSE)[number]

/** Holds what closes have of each client against its seal: of one close, or of all that are recorded. */
export async function verifyCloseSeals(store: Store, closeId: string | null): Promise<Verification> {
  const beganMs = await readBegin(store)
  const ofClose = closeId === null ? '' : 'WHERE close_id = {close_id:String}'
  const recorded = await store.query(
    `SELECT close_id, toUnixTimestamp64Milli(min(closed_at)) < {began:Int64} AS is_older
     FROM month_close ${ofClose} GROUP BY close_id`,
    shapeOf({ closeId: text, isOlder: safeCount }),
    { began: beganMs, ...(closeId === null ? {} : { close_id: closeId }) },
  )
  const older = new Set(recorded.filter(({ isOlder }) => isOlder === 1).map(each => each.closeId))
  const findings: SealFinding[] = []
  const uncovered: { table: string; rows: number }[] = []
  let verified = 0
  for (const table of SEALED_BY_CLOSE) {
    const found = await compareOfClients(store, table, [...new Set(recorded.map(each => each.closeId))])
    // A close from before seals has none at all.
    const isUncovered = (row: Differing) => row.sealed === '' && older.has(row.key.slice(0, 64))
    const faults = found.differing.filter(row => !isUncovered(row))
    findings.push(...faults.map(row => toFinding(table, row)))
    uncovered.push({ table: table.name, rows: found.differing.length - faults.length })
    verified += found.same
  }
  return { findings, uncovered, verified }
}

function toFinding(table: ClosedTable, { key, found, sealed }: Differing): SealFinding {
  const fault = found === '' ? 'lost' : sealed === '' ? 'unsealed' : 'changed'
  // Its first part tells it from closes that broke off.
  return { table: table.name, key: key.slice(65), fault }
}
