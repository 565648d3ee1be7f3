import type { Evidence } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { type BillingPeriod, type PeriodRange, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'
import type { Statement } from '@forbruk/schemas/statement/statement.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { Temporal } from 'temporal-polyfill'
import { findOverage, type MonthOverage, NO_OVERAGE } from './find-overage.ts'
import { type HourUse, type MonthUse, readMonthUses, readTopHours, type UsageScope } from './read-evidence.ts'

/** A client's month as it was recorded; without a statement nothing was used. */
export type RecordedMonth = {
  readonly clientId: string
  readonly statement: Statement | null
  readonly overage: MonthOverage
}

/** What evidence is drawn from. */
export type EvidenceSource = {
  readonly scope: UsageScope
  readonly period: BillingPeriod
  readonly version: TariffVersion
  readonly registry: Registry
  readonly revision: number
}

const EARLIER_MONTHS = 5
const INTEGRATIONS_MAX = 5
/** A query's parameters travel in a URL to a server. */
const CLIENTS_PER_QUERY = 100

export function toRecordedMonth(
  clientId: string,
  statement: Statement | null,
  version: TariffVersion,
): RecordedMonth {
  return { clientId, statement, overage: statement === null ? NO_OVERAGE : findOverage(statement, version) }
}

/**
 * What there is to show each client. The month's own figures are the statement's; the hours and earlier months are
 * read as they are counted now, the latter by the month's registry and definitions, so that they compare.
 */
export async function gatherEvidence(
  source: EvidenceSource,
  months: readonly RecordedMonth[],
): Promise<ReadonlyMap<string, Evidence>> {
  const evidence = new Map<string, Evidence>()
  for (let start = 0; start < months.length; start += CLIENTS_PER_QUERY) {
    const some = months.slice(start, start + CLIENTS_PER_QUERY)
    const earlier = await readMonthUses(source.scope, earlierRange(source), clientIdsOf(some))
    const hours = await readHours(source, some)
    const earlierBy = Map.groupBy(earlier.filter(isMeteredBy(source)), use => use.clientId)
    const hoursBy = Map.groupBy(hours, use => use.clientId)
    for (const month of some) {
      const { clientId } = month
      evidence.set(
        clientId,
        toEvidence(source, month, earlierBy.get(clientId) ?? [], hoursBy.get(clientId) ?? []),
      )
    }
  }
  return evidence
}

function clientIdsOf(months: readonly RecordedMonth[]): string[] {
  return months.map(month => month.clientId)
}

function earlierRange({ scope, period }: EvidenceSource): PeriodRange {
  const first = Temporal.PlainYearMonth.from(period.month).subtract({ months: EARLIER_MONTHS })
  const start = first.toPlainDate({ day: 1 }).toZonedDateTime(scope.timeZone)
  return { startMs: start.epochMilliseconds, endMs: periodRange(period, scope.timeZone).startMs }
}

/** Where requests are above the allowance they are the matter, else the transfer. */
async function readHours(
  { scope, period }: EvidenceSource,
  months: readonly RecordedMonth[],
): Promise<HourUse[]> {
  const range = periodRange(period, scope.timeZone)
  const over = months.filter(month => measureOf(month) === 'requests')
  const others = months.filter(month => measureOf(month) === 'bytes')
  return [
    ...(await readTopHours(scope, range, meteredUses(over), 'requests')),
    ...(await readTopHours(scope, range, meteredUses(others), 'bytes')),
  ]
}

function measureOf({ overage }: RecordedMonth): 'requests' | 'bytes' | null {
  if (overage.requests !== null) return 'requests'
  return overage.transfer === null ? null : 'bytes'
}

function meteredUses(months: readonly RecordedMonth[]) {
  return months.flatMap(({ clientId, statement }) =>
    usesThatCount(statement).map(({ integrationId }) => ({ clientId, integrationId })),
  )
}

function usesThatCount(statement: Statement | null) {
  return (statement?.usage ?? []).filter(use => use.meteredRequests !== '0' || use.meteredBytes !== '0')
}

function isMeteredBy({ registry, version }: EvidenceSource): (use: MonthUse) => boolean {
  const { meteredKinds } = version.consumption
  const kinds = new Map(registry.integrations.map(({ integrationId, kind }) => [integrationId, kind]))
  const countsUnnamed = version.definitions.unnamedIntegration === 'external'
  return ({ integrationId }) => {
    const kind = integrationId === '' && countsUnnamed ? 'external' : kinds.get(integrationId)
    return kind !== undefined && meteredKinds.includes(kind)
  }
}

function toEvidence(
  { period, revision }: EvidenceSource,
  month: RecordedMonth,
  earlier: readonly MonthUse[],
  hours: readonly HourUse[],
): Evidence {
  const { statement, overage } = month
  const own = {
    month: period.month,
    requests: statement?.meteredRequests ?? '0',
    bytes: statement?.meteredBytes ?? '0',
  }
  return {
    revision,
    ...overage,
    trend: [...sumByMonth(earlier), own],
    integrations: rankIntegrations(month).slice(0, INTEGRATIONS_MAX),
    hours: hours.map(({ hour, requests, bytes }) => ({ hour, requests, bytes })),
  }
}

function sumByMonth(uses: readonly MonthUse[]): Evidence['trend'] {
  return [...Map.groupBy(uses, use => use.month)].map(([month, ofMonth]) => ({
    month,
    requests: ofMonth.reduce((sum, use) => sum + BigInt(use.requests), 0n).toString(),
    bytes: ofMonth.reduce((sum, use) => sum + BigInt(use.bytes), 0n).toString(),
  }))
}

function rankIntegrations(month: RecordedMonth): Evidence['integrations'] {
  const measure = measureOf(month)
  if (measure === null) return []
  return usesThatCount(month.statement)
    .map(use => ({
      integrationId: use.integrationId,
      requests: use.meteredRequests,
      bytes: use.meteredBytes,
    }))
    .toSorted((a, b) => compareCounts(b[measure], a[measure]))
}

function compareCounts(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
