import { setTimeout as sleep } from 'node:timers/promises'
import { readBlockSums, readBlocks } from '@forbruk/infra/ledger/blocks/blocks.ts'
import { readGaps } from '@forbruk/infra/ledger/blocks/gaps.ts'
import { touchesRange } from '@forbruk/infra/ledger/blocks/range.ts'
import { readStreamKey } from '@forbruk/infra/ledger/blocks/stream-key.ts'
import { readIdentitySums } from '@forbruk/infra/ledger/recognition/identity-sums.ts'
import { readSources, type Source } from '@forbruk/infra/ledger/sources/sources.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { AcceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { RequestScanner } from '@forbruk/schemas/wire/scan/scan-requests.ts'
import { FOLD_VERSION, UNSIGNED_VERSION } from '../count/block.ts'
import { type AuditFinding, checkLedger } from './check-ledger.ts'
import { checkSettled } from './check-settled.ts'
import { replayBlocks } from './replay-blocks.ts'
import { replayRecognition } from './replay-recognition.ts'

/** A running aggregator is between its rollup and its ledger rows for a moment: a finding must outlast that. */
const ATTEMPTS_MAX = 4
const ATTEMPT_INTERVAL_MS = 1_500

type AuditSettings = {
  readonly store: Store
  /** The topic whose figures are audited. */
  readonly stream: string
  /** Given: each block is folded again from the log. */
  readonly replayFrom: EventLog | null
  /** Limits the replay to blocks with events of the range; the ledger is always checked whole. */
  readonly range: PeriodRange | null
  readonly onProgress?: (blocksDone: number, blocksTotal: number) => void
}

type AuditReport = {
  readonly stream: string
  readonly partitions: number
  readonly blocks: number
  readonly blocksReplayed: number
  /** Before a gap, and the log lacks what folding them takes: their figures stand, and can't be proved again. */
  readonly blocksGivenUp: number
  readonly sources: number
  readonly records: bigint
  readonly requests: bigint
  readonly duplicates: bigint
  readonly rejected: bigint
  readonly marks: bigint
  /** What operators gave up, because the log had lost it: stated, and no finding. */
  readonly gaps: readonly AcceptedGap[]
  /** Empty when every invariant holds. */
  readonly findings: readonly AuditFinding[]
}

/** Checks the invariants on what is stored and, if asked, against the log itself. */
export async function audit(settings: AuditSettings): Promise<AuditReport> {
  const { store, stream, replayFrom, range } = settings
  const gaps = await readGaps(store, stream)
  const { blocks, findings } = await readSettled(store, stream, gaps)
  const sources = await readSources(store, stream)
  findings.push(...sources.flatMap(checkSource))
  const isReplayed = (block: LedgerBlock) =>
    replayFrom !== null && (range === null || touchesRange(block, range))
  const blocksTotal = blocks.filter(isReplayed).length
  const report = (done: number) => settings.onProgress?.(done, blocksTotal)
  const key = await readStreamKey(store, stream)
  // Without a key nothing was ever signed.
  const words = { verify: key?.verify ?? (() => false), unsignedVersion: UNSIGNED_VERSION }
  const replay =
    replayFrom === null
      ? { findings: [], replayed: 0, givenUp: 0 }
      : await replayBlocks(
          {
            store,
            log: replayFrom,
            foldVersionMax: FOLD_VERSION,
            gaps,
            words,
            scanner: new RequestScanner(),
          },
          blocks,
          isReplayed,
          report,
        )
  const copies = replayFrom === null ? [] : await replayRecognition(store, replayFrom)
  const sum = (column: 'records' | 'requests' | 'duplicates' | 'rejected' | 'marks') =>
    blocks.reduce((total, block) => total + BigInt(block[column]), 0n)
  return {
    stream,
    partitions: new Set(blocks.map(block => block.partition)).size,
    blocks: blocks.length,
    blocksReplayed: replay.replayed,
    blocksGivenUp: replay.givenUp,
    sources: sources.length,
    records: sum('records'),
    requests: sum('requests'),
    duplicates: sum('duplicates'),
    rejected: sum('rejected'),
    marks: sum('marks'),
    gaps,
    findings: [...findings, ...replay.findings, ...copies],
  }
}

async function readSettled(
  store: Store,
  stream: string,
  gaps: readonly AcceptedGap[],
): Promise<{ blocks: LedgerBlock[]; findings: AuditFinding[] }> {
  for (let attempt = 1; ; attempt++) {
    const blocks = await readBlocks(store, stream)
    const sums = await readBlockSums(store, stream)
    const partitions = new Map(blocks.map(({ partition }) => [partition, 0]))
    const identities = await readIdentitySums(store, stream, partitions)
    const findings = [...checkLedger(blocks, sums, identities, gaps), ...(await checkSettled(store, stream))]
    if (findings.length === 0 || attempt === ATTEMPTS_MAX) return { blocks, findings }
    await sleep(ATTEMPT_INTERVAL_MS)
  }
}

function checkSource({ source, missing, eventsMarked }: Source): AuditFinding[] {
  if (missing === 0) return []
  const amount = missing > 0 ? `${missing} never arrived` : `${-missing} more arrived`
  const message = `its marks say that ${eventsMarked} events were shipped: ${amount}`
  return [{ check: 'sources_complete', place: `source ${source}`, message }]
}
