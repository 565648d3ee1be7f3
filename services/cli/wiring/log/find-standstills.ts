import { setTimeout as sleep } from 'node:timers/promises'
import { readPlaces, type Standstill, Standstills } from '@forbruk/aggregator/run/find-standstills.ts'
import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'

const LOOK_AGAIN_MS = 500
/** Of one that is counted on, its next flush comes within a second or two. */
const LOOKED_FOR_MS = 5_000

/** Looks until every partition has been counted on, or for some seconds: those that were not. */
export async function findStandstills(ledger: LedgerReader, log: EventLog): Promise<Standstill[]> {
  const standstills = new Standstills()
  const beganMs = performance.now()
  for (let nowMs = beganMs; ; nowMs = performance.now()) {
    const lookedForMs = nowMs - beganMs
    const found = standstills.look(await readPlaces(ledger, log), nowMs)
    const standing = found.filter(({ standingMs }) => standingMs === lookedForMs)
    if (standing.length === 0 || lookedForMs >= LOOKED_FOR_MS) return standing
    await sleep(LOOK_AGAIN_MS)
  }
}
