import { createLedgerReader, type LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { type Offsets, readAllRepeated } from '@forbruk/infra/ledger/recognition.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type RepeatedRequest, repeatedRequest } from '@forbruk/infra/store/tables/repeated-request.ts'
import { toRow } from '@forbruk/infra/store/tables/table.ts'
import { hashId } from '../count/hash-identity.ts'
import { findRepeated, keyOf } from '../recognise/find-repeated.ts'
import { Recogniser } from '../recognise/recogniser.ts'
import type { AuditFinding } from './check-ledger.ts'

/** What is wrong with many must not fill the screen. */
const FINDINGS_MAX = 20
const HASHES_MAX = 16_384

/**
 * Finds repeated request ids anew, in the identities and the log, up to where they are settled, and compares them with
 * those that are kept. What the log has lost meanwhile can't be found again: it stands as it is kept.
 */
export async function replayRecognition(store: Store, log: EventLog): Promise<AuditFinding[]> {
  const ledger = createLedgerReader(store)
  const { nextOffsets, isWhole } = await ledger.readRecognition(log.topic)
  if (!isWhole) {
    const message = 'repeated request ids that were kept are gone; run forbruk aggregate'
    return [{ check: 'replay_equals_stored', place: `stream ${log.topic}`, message }]
  }
  const found: RepeatedRequest[] = []
  const recogniser = new Recogniser({
    ...{ log, hashId, hashesMax: HASHES_MAX },
    ledger: { ...ledger, ...fromTheBeginning(ledger, nextOffsets) },
    store: { insert: async () => {} },
    findRepeated(stream, places, known) {
      const rows = findRepeated(stream, places, known)
      found.push(...rows.filter(row => row.isKnown))
      return rows
    },
  })
  await recogniser.settle(new AbortController().signal)
  const kept = (await readAllRepeated(store, log.topic)).filter(row => row.isKnown)
  const startOffsets = await Promise.all(
    Array.from({ length: log.partitionCount }, async (_, of) => (await log.bounds(of)).startOffset),
  )
  return compareRepeated(found, kept, startOffsets).slice(0, FINDINGS_MAX)
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

/**
 * Pure: what is found and not kept as it is, and what is kept of ids that the log has but once.
 * @param startOffsets by partition, below which the log has lost what is kept
 */
export function compareRepeated(
  found: readonly RepeatedRequest[],
  kept: readonly RepeatedRequest[],
  startOffsets: Offsets,
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
      rows.every(({ partition, offset }) => offset >= (startOffsets[partition] ?? 0)) &&
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
