import { createLedgerReader, type LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { type Offsets, readAllRepeated } from '@forbruk/infra/ledger/recognition/recognition.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { RepeatedRequest } from '@forbruk/infra/store/tables/repeated-request.ts'
import { hashOrigin } from '../count/hash-identity.ts'
import { findRepeated, keyOf } from '../recognise/find-repeated.ts'
import { HASHES_MAX, Recogniser } from '../recognise/recogniser.ts'
import type { AuditFinding } from './check-ledger.ts'
import { compareRepeated } from './compare-repeated.ts'

/** What is wrong with many must not fill the screen. */
const FINDINGS_MAX = 20

/**
 * Finds repeated request ids anew, in the identities and the log, up to where they are settled, and compares them with
 * those that are kept. What the log has lost meanwhile, or holds damaged, stands as it is kept.
 */
export async function replayRecognition(store: Store, log: EventLog): Promise<AuditFinding[]> {
  const ledger = createLedgerReader(store)
  const { nextOffsets, isWhole } = await ledger.readRecognition(log.topic)
  if (!isWhole) {
    const message = 'repeated request ids that were kept are gone; run forbruk aggregate'
    return [{ check: 'replay_equals_stored', place: `stream ${log.topic}`, message }]
  }
  const found: RepeatedRequest[] = []
  const damaged = new Set<string>()
  const recogniser = new Recogniser({
    ...{ log, hashOrigin, hashesMax: HASHES_MAX },
    ledger: { ...ledger, ...fromTheBeginning(ledger, nextOffsets) },
    store: { insert: async () => {} },
    findRepeated(stream, places, known) {
      const rows = findRepeated(stream, places, known)
      found.push(...rows.filter(row => row.isKnown))
      for (const row of rows) if (!row.isKnown) damaged.add(keyOf(row))
      return rows
    },
  })
  await recogniser.settle(new AbortController().signal)
  const kept = (await readAllRepeated(store, log.topic)).filter(row => row.isKnown)
  const startOffsets = await Promise.all(
    Array.from({ length: log.partitionCount }, async (_, of) => (await log.bounds(of)).startOffset),
  )
  return compareRepeated(found, kept, { startOffsets, damaged }).slice(0, FINDINGS_MAX)
}

/** As if nothing were settled yet, up to these offsets. */
function fromTheBeginning(ledger: LedgerReader, to: Offsets): Partial<LedgerReader> {
  return {
    async readStandings(stream) {
      const standings = [...(await ledger.readStandings(stream))]
      return new Map(
        standings.map(([partition, standing]) => [
          partition,
          { ...standing, nextOffset: to[partition] ?? 0 },
        ]),
      )
    },
    readRecognition: async () => ({ sequence: 0, nextOffsets: [], isWhole: true }),
    readRepeated: async () => [],
  }
}
