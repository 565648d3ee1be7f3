import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { AcceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import { z } from 'zod'
import { FOLD_VERSION } from '../count/block.ts'
import { type AuditFinding, checkLedger } from './check-ledger.ts'
import { replayBlocks } from './replay-blocks.ts'
import { type AuditedBlock, type AuditedRange, readAuditedBlocks, readGaps } from './stored-block.ts'

/** A running aggregator is between its rollup and its ledger rows for a moment: a finding must outlast that. */
const ATTEMPTS_MAX = 4
const ATTEMPT_INTERVAL_MS = 1_500
const ALL_TIME: AuditedRange = { fromMs: 0, toMs: 4_102_444_800_000 }

export type AuditSettings = {
  readonly store: Store
  /** The topic whose figures are audited. */
  readonly stream: string
  /** Given: each block is folded again from the log. */
  readonly replayFrom: EventLog | null
  /** Limits the replay to blocks with events of the range; the ledger is always checked whole. */
  readonly range: AuditedRange | null
  readonly onProgress?: (blocksReplayed: number, blocksTotal: number) => void
}

export type AuditReport = {
  readonly stream: string
  readonly partitions: number
  readonly blocks: number
  readonly blocksReplayed: number
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
  const { blocks, findings } = await readSettled(store, stream, range ?? ALL_TIME, gaps)
  const sources = await readSources(store, stream)
  findings.push(...sources.flatMap(checkSource))
  const isReplayed = (block: AuditedBlock) => replayFrom !== null && (range === null || block.inRange === 1)
  const blocksReplayed = blocks.filter(isReplayed).length
  if (replayFrom !== null) {
    const report = (done: number) => settings.onProgress?.(done, blocksReplayed)
    findings.push(
      ...(await replayBlocks(
        { store, log: replayFrom, foldVersionMax: FOLD_VERSION, gaps },
        blocks,
        isReplayed,
        report,
      )),
    )
  }
  const sum = (column: 'records' | 'requests' | 'duplicates' | 'rejected' | 'marks') =>
    blocks.reduce((total, block) => total + BigInt(block[column]), 0n)
  return {
    stream,
    partitions: new Set(blocks.map(block => block.partition)).size,
    blocks: blocks.length,
    blocksReplayed,
    sources: sources.length,
    records: sum('records'),
    requests: sum('requests'),
    duplicates: sum('duplicates'),
    rejected: sum('rejected'),
    marks: sum('marks'),
    gaps,
    findings,
  }
}

async function readSettled(
  store: Store,
  stream: string,
  range: AuditedRange,
  gaps: readonly AcceptedGap[],
): Promise<{ blocks: AuditedBlock[]; findings: AuditFinding[] }> {
  for (let attempt = 1; ; attempt++) {
    const blocks = await readAuditedBlocks(store, stream, range)
    const findings = checkLedger(blocks, gaps)
    if (findings.length === 0 || attempt === ATTEMPTS_MAX) return { blocks, findings }
    await sleep(ATTEMPT_INTERVAL_MS)
  }
}

const sourceShape = z.object({
  source: z.string(),
  missing: z.coerce.bigint(),
  events_marked: z.coerce.bigint(),
})

function readSources(store: Store, stream: string) {
  return store.query(
    'SELECT source, missing, events_marked FROM source_progress WHERE stream = {stream:String} ORDER BY source',
    sourceShape,
    { stream },
  )
}

function checkSource(row: z.infer<typeof sourceShape>): AuditFinding[] {
  if (row.missing === 0n) return []
  const amount = row.missing > 0n ? `${row.missing} never arrived` : `${-row.missing} more arrived`
  const message = `its marks say that ${row.events_marked} events were shipped: ${amount}`
  return [{ check: 'sources_complete', place: `source ${row.source}`, message }]
}
