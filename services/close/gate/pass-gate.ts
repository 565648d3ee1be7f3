import { setTimeout as wait } from 'node:timers/promises'
import { readStandings } from '@forbruk/infra/ledger/blocks/progress.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Forced } from '@forbruk/schemas/statement/month-close.ts'
import { describeLack } from './describe-lack.ts'
import { type Estimate, estimateReady } from './estimate-ready.ts'
import { canBeForced, type GateFacts, judgeMonth, type Lack } from './gate.ts'
import { readGateFacts } from './read-gate-facts.ts'
import { CloseRefusedError } from './refusal.ts'

type GateOptions = {
  readonly store: Store
  readonly log: EventLog
  readonly month: string
  readonly range: PeriodRange
  readonly clock: () => number
  readonly force: { readonly reason: string } | undefined
  readonly dryRun: boolean
}

export type Passed = { readonly facts: GateFacts; readonly forced: Forced | null }

type LookOptions = Pick<GateOptions, 'store' | 'log' | 'month' | 'range' | 'clock'>

type MonthLook = {
  readonly facts: GateFacts
  /** None when the month is complete. */
  readonly lacks: readonly Lack[]
  /** Null when the month is complete. */
  readonly estimate: Estimate | null
}

/** How long counting is watched for an estimate of when it has caught up. */
const WATCH_MS = 1_000

/** Throws CloseRefusedError for an incomplete month that is not forced, with an estimate of when it is complete. */
export async function passGate(options: GateOptions): Promise<Passed> {
  const { store, log, month, range, clock, force, dryRun } = options
  const facts = await readGateFacts(store, log, month, range)
  const lacks = judgeMonth(facts, clock())
  if (lacks.length === 0) return { facts, forced: null }
  // A revision is for good: half a month, or an unknown one, must not become one, whatever the reason.
  const isBarred = !dryRun && !lacks.every(canBeForced)
  const reason = force?.reason.trim() ?? ''
  if (isBarred || reason === '') {
    throw new CloseRefusedError(month, lacks, await estimate(options, facts, lacks))
  }
  return { facts, forced: { reason, lacks: lacks.map(describeLack) } }
}

/** Whether a close would pass, and what it would be refused for; nothing is rated, and nothing recorded. */
export async function lookAtMonth(options: LookOptions): Promise<MonthLook> {
  const { store, log, month, range, clock } = options
  const facts = await readGateFacts(store, log, month, range)
  const lacks = judgeMonth(facts, clock())
  return { facts, lacks, estimate: lacks.length === 0 ? null : await estimate(options, facts, lacks) }
}

async function estimate(
  { store, clock }: Pick<GateOptions, 'store' | 'clock'>,
  facts: GateFacts,
  lacks: readonly Lack[],
): Promise<Estimate> {
  const isRunning = lacks.some(lack => lack.kind === 'month_running')
  const isBehind = !isRunning && lacks.some(lack => lack.kind === 'partition_behind')
  const before = new Map(
    facts.partitions.flatMap(({ partition, ledger }) => (ledger ? [[partition, ledger]] : [])),
  )
  const startedMs = performance.now()
  if (isBehind) await wait(WATCH_MS)
  const after = isBehind ? await readStandings(store, facts.stream) : before
  return estimateReady(lacks, facts, { before, after, elapsedMs: performance.now() - startedMs }, clock())
}
