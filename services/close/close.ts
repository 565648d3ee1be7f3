import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { describeTariff } from '@forbruk/schemas/tariff/describe-tariff.ts'
import { type Tariff, type TariffVersion, tariffVersionFor } from '@forbruk/schemas/tariff/read-tariff.ts'
import { type BillingPeriod, periodRange } from './billing-period.ts'
import { describeLack, judgeMonth, type Lack } from './gate.ts'
import { hashContent } from './hash-content.ts'
import { rateMonth } from './rate.ts'
import { readGateFacts } from './read-gate-facts.ts'
import { readRejected } from './read-rejected.ts'
import { readStoredRegistry, type StoredRegistry } from './read-stored-registry.ts'
import { readUsage } from './read-usage.ts'
import { type MonthClose, recordClose } from './record.ts'
import { CloseRefusedError } from './refusal.ts'
import type { RatedMonth } from './statement.ts'
import { summarize } from './summarize.ts'

export type CloseOptions = {
  readonly store: Store
  readonly log: EventLog
  readonly tariff: Tariff
  readonly period: BillingPeriod
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** Closes an incomplete month all the same; the reason is recorded with what was lacking. */
  readonly force?: { readonly reason: string } | undefined
  /** Does everything but record. */
  readonly dryRun?: boolean | undefined
  readonly onProgress?: ((step: CloseStep) => void) | undefined
}

export { CloseRefusedError }

export type CloseStep = 'gate' | 'read' | 'rate' | 'record'

/** Plain JSON, as a whole. */
export type CloseResult = MonthClose & {
  /** `unchanged`: the month was closed with the same content before. */
  readonly outcome: 'closed' | 'unchanged' | 'dry_run'
  /** Null in a dry run. */
  readonly revision: number | null
  /** When the revision was recorded; null in a dry run. */
  readonly closedAtMs: number | null
}

/**
 * Closes a month: its usage, by the registry and the tariff, becomes statements, once and for all.
 *
 * Throws CloseRefusedError for an incomplete month (`force` overrides that, except while the month still runs), a missing
 * registry, figures that the ledger doesn't vouch for, and a month that was closed with other content;
 * BillingPeriodError and TariffError for a month that the tariff can't rate; StoreError, StoreUnavailableError and
 * EventLogError as they come. After any of them nothing is closed, and the same call can be made again.
 */
export async function closeMonth(options: CloseOptions): Promise<CloseResult> {
  const { store, log, tariff, period, clock, dryRun = false, onProgress = () => {} } = options
  const range = periodRange(period, tariff.timeZone)
  const version = tariffVersionFor(tariff, period.month)

  onProgress('gate')
  const facts = await readGateFacts(store, log, period.month, range)
  const forced = passGate(judgeMonth(facts, clock()), options)
  const stored = await readStoredRegistry(store, period.month)
  if (stored === null) throw new CloseRefusedError(period.month, [{ kind: 'registry_missing' }])

  onProgress('read')
  const { usage, cut } = await readUsage(store, log.topic, period.month, range)
  const rejected = await readRejected(store, log.topic, range)

  onProgress('rate')
  const rated = rateMonth(usage, stored.registry, version, period)
  const close: MonthClose = {
    ...rated,
    ...identify(rated, tariff, version, stored),
    summary: summarize(rated, stored.registry),
    stream: log.topic,
    cut,
    rejected,
    forced,
  }
  if (dryRun) return { ...close, outcome: 'dry_run', revision: null, closedAtMs: null }

  onProgress('record')
  const recorded = await recordClose(store, close, clock())
  return { ...close, ...recorded }
}

function passGate(lacks: readonly Lack[], { period, force, dryRun }: CloseOptions): MonthClose['forced'] {
  if (lacks.length === 0) return null
  // A revision is for good: half a month must not become one, whatever the reason.
  const isRunning = lacks.some(lack => lack.kind === 'month_running') && dryRun !== true
  const reason = force?.reason.trim() ?? ''
  if (isRunning || reason === '') throw new CloseRefusedError(period.month, lacks)
  return { reason, lacks: lacks.map(describeLack) }
}

/**
 * The registry enters the hash through what it decides: names, payers, lines and exceptions. An import that changes
 * nothing in the month is no other content.
 */
function identify(rated: RatedMonth, tariff: Tariff, version: TariffVersion, stored: StoredRegistry) {
  const rating = { currency: tariff.currency, timeZone: tariff.timeZone, ...version }
  return {
    contentHash: hashContent({ rated, tariff: rating }),
    registryImportId: stored.importId,
    tariff: {
      hash: hashContent(rating),
      validFrom: version.validFrom,
      definitions: describeTariff(tariff, version),
    },
  }
}
